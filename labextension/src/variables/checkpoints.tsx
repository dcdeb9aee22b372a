import { caretDownIcon, caretRightIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { CheckpointList, KeptCheckpoint } from '../api/schema';
import { telling } from '../chats/dialogs';
import { Button, IconButton } from '../components/button';
import { clock } from '../components/times';
import { useTrans } from '../components/trans';
import type { VariablesModel } from './model';
import { SavedVariables } from './saved';
import { budgetText, checkpointName, savesText, sizeText } from './words';

interface IProps {
  model: VariablesModel;
}

/** Frozen copies of the kernel: what each saves and costs. */
export function Checkpoints({ model }: IProps): React.JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  const open = model.showsCheckpoints;
  const { checkpoints } = model;
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className="jps-Checkpoints" aria-labelledby={id}>
      <h3>
        <button
          id={id}
          type="button"
          className="jps-Variables-fold"
          aria-expanded={open}
          onClick={() => {
            model.showsCheckpoints = !open;
          }}
        >
          <Caret.react tag="span" className="jps-Icon jps-mod-small" />
          {open && checkpoints
            ? trans.__('Checkpoints (%1)', checkpoints.items.length)
            : trans.__('Checkpoints')}
        </button>
      </h3>
      {open && checkpoints && <Shown model={model} checkpoints={checkpoints} />}
    </section>
  );
}

function Shown({ model, checkpoints }: IProps & { checkpoints: CheckpointList }): React.JSX.Element {
  const trans = useTrans();
  const list = React.useRef<HTMLDivElement>(null);
  const { items, used, budget } = checkpoints;
  const drop = async (index: number | null) => {
    await telling(() => model.drop(index === null ? undefined : items[index]?.id));
    // The keyboard goes on at the one that has taken its place.
    const left = list.current?.querySelectorAll<HTMLElement>('.jps-Checkpoint button') ?? [];
    (left[Math.min(index ?? 0, left.length - 1)] ?? list.current)?.focus();
  };
  return (
    <div ref={list} tabIndex={-1} className="jps-Checkpoints-all">
      {items.length === 0 ? (
        <p className="jps-mod-muted" role="status">
          {checkpoints.kernel_id === null
            ? trans.__('The notebook has no kernel on this branch.')
            : trans.__('None yet: one is kept after cells that took more than a second.')}
        </p>
      ) : (
        <ul aria-label={trans.__('Checkpoints')}>
          {items.map((each, index) => (
            <Row key={each.id} model={model} checkpoint={each} onDrop={() => void drop(index)} />
          ))}
        </ul>
      )}
      <div className="jps-Checkpoints-foot">
        <label>
          <span>{budgetText(trans, checkpoints)}</span>
          <progress max={Math.max(1, budget)} value={Math.min(used, budget)} />
        </label>
        {items.length > 1 && (
          <Button look="flat" onClick={() => void drop(null)}>
            {trans.__('Drop all')}
          </Button>
        )}
      </div>
      <SavedVariables model={model} kept={checkpoints} />
    </div>
  );
}

function Row(props: IProps & { checkpoint: KeptCheckpoint; onDrop(): void }): React.JSX.Element {
  const { model, checkpoint, onDrop } = props;
  const trans = useTrans();
  const { cell_id, own_bytes, shared_bytes, made_at } = checkpoint;
  const cell = model.cell(cell_id);
  const name = checkpointName(trans, cell);
  const memory = trans.__(
    '%1 of its own, %2 with its share of what others have, too',
    sizeText(own_bytes),
    sizeText(shared_bytes)
  );
  return (
    <li className="jps-Checkpoint" title={[trans.__('Kept at %1', clock(made_at)), memory].join('\n')}>
      <span className="jps-Checkpoint-cell">
        {name}
        {cell && <code>{cell.line}</code>}
      </span>
      <span className="jps-mod-muted">
        {savesText(trans, checkpoint)} · {sizeText(own_bytes)}
        <span className="jps-Unseen">{memory}</span>
      </span>
      <IconButton icon={deleteIcon} label={trans.__('Drop the checkpoint after %1', name)} onClick={onDrop} />
    </li>
  );
}
