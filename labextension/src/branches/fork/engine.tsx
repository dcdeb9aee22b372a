import {
  caretDownIcon,
  caretRightIcon,
  checkIcon,
  circleEmptyIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { Glyph } from '../../components/glyph';
import { warningIcon } from '../../components/icons';
import { ErrorMark, Ring } from '../../components/marks';
import { useNow } from '../../components/now';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { Lost } from './lost';
import type { ForkModel } from './model';
import { engineLine, type EngineMark, lostOf, lostText, waits } from './words';

/** How the fork would be made, and what it would not carry over. */
export function Engine(props: { model: ForkModel }): React.JSX.Element {
  const model = useModel(props.model);
  const trans = useTrans();
  const probe = model.preview?.kernel ?? null;
  const now = useNow(1000, probe !== null && waits(probe));
  const { cell } = model.source;
  const line = engineLine(trans, {
    probe,
    problem: model.problem,
    code: cell.code,
    running: model.source.running(),
    now
  });
  return (
    <section className="jps-Fork-engine" aria-label={trans.__('State of the kernel')}>
      <EngineIcon mark={line.mark} />
      <div>
        <div role="status">
          <b>{line.title}</b>
          <p>{line.detail}</p>
        </div>
        {probe && <LostFold model={model} />}
      </div>
    </section>
  );
}

/** How it is done, as an icon. */
export function EngineIcon({ mark }: { mark: EngineMark }): React.JSX.Element {
  switch (mark) {
    case 'checking':
    case 'waits':
      return <Ring />;
    case 'ok':
      return (
        <span className="jps-Fork-ok">
          <Glyph icon={checkIcon} />
        </span>
      );
    case 'caution':
      return <Glyph icon={warningIcon} />;
    case 'again':
      return (
        <span className="jps-Fork-again">
          <Glyph icon={refreshIcon} />
        </span>
      );
    case 'empty':
      return <Glyph icon={circleEmptyIcon} />;
    case 'error':
      return <ErrorMark />;
  }
}

/** "Not carried over: 2 threads, 1 database connection", with their names below. */
function LostFold({ model }: { model: ForkModel }): React.JSX.Element | null {
  const trans = useTrans();
  const kernel = model.preview?.kernel;
  // What is left out is always named: open until it is folded.
  const [open, setOpen] = React.useState(true);
  const lost = kernel ? lostOf(trans, kernel) : [];
  if (!kernel || lost.length === 0) {
    return null;
  }
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jps-Fork-lost">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
        <span>{trans.__('Not carried over: %1', lostText(trans, kernel))}</span>
      </button>
      {open && <Lost lost={lost} />}
    </div>
  );
}
