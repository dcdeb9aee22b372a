import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { Panel, type Widget } from '@lumino/widgets';
import * as React from 'react';

import { Button } from './button';
import { ErrorMark } from './marks';

/** A panel whose content is loaded when it is shown first; when that fails, it says so and offers to try again. */
export class LatePanel extends Panel {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _load: () => Promise<Widget>
  ) {
    super();
  }

  protected override onAfterShow(): void {
    this._fill();
  }

  protected override onActivateRequest(): void {
    void this._content?.then(widget => widget?.activate());
  }

  private _fill(): void {
    this._content ??= this._load().then(
      widget => this._put(widget),
      () => {
        this._content = null;
        this._put(ReactWidget.create(this._problem()));
        return null;
      }
    );
  }

  private _put(widget: Widget): Widget {
    for (const each of [...this.widgets]) {
      each.dispose();
    }
    this.addWidget(widget);
    return widget;
  }

  private _problem(): React.JSX.Element {
    return (
      <div className="jps-Card jps-mod-error jps-Late" role="alert">
        <div className="jps-Card-title">
          <ErrorMark />
          {this._trans.__('Server not reachable')}
        </div>
        <div className="jps-Actions">
          <Button icon={refreshIcon} onClick={() => this._fill()}>
            {this._trans.__('Try again')}
          </Button>
        </div>
      </div>
    );
  }

  private _content: Promise<Widget | null> | null = null;
}
