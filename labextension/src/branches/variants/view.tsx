import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { FanOut } from '../../api/schema';
import { Button, IconButton } from '../../components/button';
import { ErrorMark, Ring } from '../../components/marks';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { EngineIcon } from '../fork/engine';
import { engineLine } from '../fork/words';
import { ResultEditor } from '../merge/editor';
import { NameField } from '../nameField';
import { type IDraft, LEAST, MOST, type VariantsModel } from './model';

interface IProps {
  model: VariantsModel;
  onMade(made: FanOut): void;
  onCancel(): void;
}

/** Variants of a cell, side by side, and how they will be run. */
export function VariantsView(props: IProps): React.JSX.Element {
  const { onMade } = props;
  const model = useModel(props.model);
  const trans = useTrans();
  const form = React.useRef<HTMLFormElement>(null);
  const { cell, place } = model.from;
  const run = async () => {
    const made = await model.run();
    if (made) {
      onMade(made);
    }
  };
  // The field of the one that was added last, and of none when one was removed.
  const focusOn = (selector: string) =>
    window.requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(selector)?.focus());
  return (
    <form
      ref={form}
      className="jps-Page-parts jps-Variants"
      aria-label={trans.__('Variants of %1', cell.name)}
      onSubmit={event => {
        event.preventDefault();
        void run();
      }}
      onKeyDownCapture={event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          void run();
        }
      }}
    >
      <div className="jps-Page-head">
        <b>{trans.__('Variants of %1', cell.name)}</b>
        <span className="jps-mod-muted">
          {[place.notebook, model.branches.nameOf(place.branch)].join(' · ')}
        </span>
      </div>
      <div className="jps-Page-body">
        <p className="jps-Variants-about">
          {trans.__(
            'Each runs on a branch of its own that is forked above the cell, with the kernel’s variables, all at the same time. %1 stays as it is.',
            model.branches.nameOf(place.branch)
          )}
        </p>
        <div className="jps-Variants-all">
          {model.drafts.map((draft, index) => (
            <Variant
              key={draft.key}
              model={model}
              draft={draft}
              index={index}
              onRemove={() => {
                model.remove(draft.key);
                focusOn('.jps-Variants-add');
              }}
              onLeave={() => focusOn('[type="submit"]')}
            />
          ))}
        </div>
        {model.drafts.length < MOST && (
          <Button
            icon={addIcon}
            className="jps-Variants-add"
            onClick={() => {
              const key = model.add();
              focusOn(`[data-variant="${key}"] input`);
            }}
          >
            {trans.__('Add a Variant')}
          </Button>
        )}
      </div>
      <Foot {...props} />
    </form>
  );
}

interface IVariantProps {
  model: VariantsModel;
  draft: IDraft;
  index: number;
  onRemove(): void;
  /** Escape in the editor. */
  onLeave(): void;
}

function Variant({ model, draft, index, onRemove, onLeave }: IVariantProps): React.JSX.Element {
  const trans = useTrans();
  const { key, name, source } = draft;
  const label = trans.__('Variant %1', index + 1);
  return (
    <fieldset className="jps-Variant" data-variant={key} aria-label={label}>
      <div className="jps-Variant-name">
        <NameField
          label={trans.__('Branch name')}
          look="jps-Field"
          branches={model.branches}
          own={null}
          value={name}
          error={model.isTwice(draft) ? trans.__('Another variant has this name.') : ''}
          onChange={text => model.change(key, { name: text })}
        />
        {model.drafts.length > LEAST && (
          <IconButton icon={closeIcon} label={trans.__('Remove %1', name || label)} onClick={onRemove} />
        )}
      </div>
      <ResultEditor
        value={source}
        label={trans.__('Source of %1', name || label)}
        mimeType={model.from.cell.mimeType}
        signsOf={() => []}
        onChange={text => model.change(key, { source: text })}
        onLeave={onLeave}
      />
    </fieldset>
  );
}

function Foot({ model, onCancel }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { probe, problem, busy, error, drafts } = model;
  const line = engineLine(trans, {
    probe,
    problem,
    code: model.from.cell.code,
    running: null,
    now: 0
  });
  const [same] = model.same;
  return (
    <div className="jps-Page-foot jps-Variants-foot">
      {error !== '' && (
        <p className="jps-Wrong" role="alert">
          <ErrorMark />
          <span>{error}</span>
        </p>
      )}
      <div className="jps-Variants-engine" role="status" title={line.detail}>
        <EngineIcon mark={line.mark} />
        <b>{line.title}</b>
        <span className="jps-mod-muted">
          {same ? trans.__('“%1” is the same as another one.', same.name) : line.detail}
        </span>
      </div>
      <div className="jps-Variants-acts">
        <Button type="submit" look="primary" className="jps-mod-tall" disabled={!model.ready}>
          {trans._n('Run %1 Variant', 'Run %1 Variants', drafts.length)}
        </Button>
        <Button className="jps-mod-tall" onClick={onCancel}>
          {trans.__('Cancel')}
        </Button>
        {busy && (
          <span className="jps-Variants-busy" role="status">
            <Ring />
            {trans._n('Forking %1 branch…', 'Forking %1 branches…', drafts.length)}
          </span>
        )}
      </div>
    </div>
  );
}
