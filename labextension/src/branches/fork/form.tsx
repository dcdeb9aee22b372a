import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, IconButton } from '../../components/button';
import { ErrorMark } from '../../components/marks';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { NameField } from '../nameField';
import { Engine } from './engine';
import type { ForkModel, ForkWay } from './model';

export interface IForkFormProps {
  model: ForkModel;
  onFork(way: ForkWay): void;
  onClose(): void;
}

/** What is kept, how long it takes and what is left behind, before anything happens. */
export function ForkForm(props: IForkFormProps): React.JSX.Element {
  const { onFork, onClose } = props;
  const model = useModel(props.model);
  const trans = useTrans();
  const [best] = model.ways;
  return (
    <form
      className="jps-Fork"
      onSubmit={event => {
        event.preventDefault();
        if (best && model.nameIsFree) {
          onFork(best);
        }
      }}
    >
      <header className="jps-Fork-head">
        <h2>{trans.__('Fork from %1', model.source.cell.name)}</h2>
        <IconButton icon={closeIcon} label={trans.__('Close')} onClick={onClose} />
      </header>
      <div className="jps-Fork-name">
        <NameField
          label={trans.__('Branch name')}
          look="jps-Field"
          branches={model.branches}
          own={null}
          value={model.name}
          error=""
          onChange={name => {
            model.name = name;
          }}
        />
      </div>
      <Below model={model} />
      <Engine model={model} />
      {model.error !== '' && (
        <p className="jps-Fork-error jps-Wrong" role="alert">
          <ErrorMark />
          <span>{model.error}</span>
        </p>
      )}
      <Foot {...props} />
    </form>
  );
}

/** What becomes of the cells below. */
function Below({ model }: { model: ForkModel }): React.JSX.Element | null {
  const trans = useTrans();
  const id = React.useId();
  const { cell, place } = model.source;
  const below = model.preview?.below ?? cell.below;
  if (below === 0) {
    return null;
  }
  const parent = model.branches.nameOf(place.branch);
  const choices: ['keep' | 'drop', string, string][] = [
    [
      'keep',
      trans._n('Keep the %1 cell below', 'Keep the %1 cells below', below),
      trans.__('as they are on %1', parent)
    ],
    [
      'drop',
      below === 1 ? trans.__('Drop it') : trans.__('Drop them'),
      trans.__('the branch ends at %1', cell.name)
    ]
  ];
  return (
    <div className="jps-Fork-below" role="radiogroup" aria-label={trans.__('Cells below')}>
      {choices.map(([value, label, more]) => (
        <label key={value}>
          <input
            type="radio"
            name={id}
            checked={model.below === value}
            onChange={() => {
              model.below = value;
            }}
          />
          <span>
            {label} <span className="jps-mod-muted">{more}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

function Foot({ model, onFork, onClose }: IForkFormProps): React.JSX.Element {
  const trans = useTrans();
  const [best, ...others] = model.ways;
  const disabled = model.busy || !model.nameIsFree;
  const labels: Record<ForkWay, string> = {
    fork: trans.__('Fork'),
    run: trans.__('Fork and run'),
    stateless: trans.__('Fork without state'),
    wait: trans.__('Fork when it ends')
  };
  return (
    <footer className="jps-Fork-foot">
      <Button type="submit" look="primary" disabled={disabled}>
        {model.busy ? trans.__('Forking…') : labels[best ?? 'fork']}
      </Button>
      {others.map(way => (
        <Button key={way} disabled={disabled} onClick={() => onFork(way)}>
          {labels[way]}
        </Button>
      ))}
      <Button look={others.length > 0 ? 'flat' : 'plain'} onClick={onClose}>
        {trans.__('Cancel')}
      </Button>
      <label className="jps-Fork-beside">
        <input
          type="checkbox"
          checked={model.beside}
          onChange={event => {
            model.beside = event.target.checked;
          }}
        />
        <span>{trans.__('Open beside %1', model.branches.nameOf(model.source.place.branch))}</span>
      </label>
    </footer>
  );
}
