import { notebookIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Bars } from '../chats/notices';
import { IconButton } from '../components/button';
import { branchIcon } from '../components/icons';
import { ErrorMark, Ring } from '../components/marks';
import { Select } from '../components/select';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { Checkpoints } from './checkpoints';
import { Difference } from './difference';
import type { VariablesModel } from './model';
import { VariablesTable } from './table';

interface IProps {
  model: VariablesModel;
}

/** What the kernel of the current notebook holds. */
export function VariablesView(props: IProps): React.JSX.Element {
  const model = useModel(props.model);
  const kernel = useModel(model.kernel);
  const trans = useTrans();
  const { place } = kernel;
  if (!place) {
    return (
      <>
        <h2 className="jps-Variables-title">{trans.__('Variables')}</h2>
        {place === null && (
          <p className="jps-Variables-empty" role="status">
            {kernel.isOpen
              ? trans.__('The current notebook belongs to no project.')
              : trans.__('Open a notebook of a project: what its kernel holds is shown here.')}
          </p>
        )}
      </>
    );
  }
  return (
    <>
      <Head model={model} />
      {model.error !== null && <Fault model={model} />}
      <Content model={model} />
      <Checkpoints model={model} />
    </>
  );
}

function Head({ model }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { place, branches, busy } = model.kernel;
  const name = branches?.nameOf(place?.branch ?? '') ?? '';
  return (
    <>
      <h2 className="jps-Variables-title">{trans.__('Variables')}</h2>
      <div className="jps-Variables-place" title={`${place?.notebook}\n${trans.__('Branch: %1', name)}`}>
        <notebookIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <b>{place?.notebook.split('/').at(-1)}</b>
        <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span>{name}</span>
        {busy && (
          <span className="jps-Variables-busy" title={trans.__('A cell runs')}>
            <Ring />
            <span className="jps-Unseen">{trans.__('A cell runs')}</span>
          </span>
        )}
        <IconButton
          icon={refreshIcon}
          label={trans.__('Read again')}
          className="jps-Variables-again"
          onClick={() => void model.read()}
        />
      </div>
      <div className="jps-Variables-tools">
        <input
          type="search"
          className="jps-Field"
          value={model.filter}
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter by name')}
          onChange={event => {
            model.filter = event.target.value;
          }}
        />
        <CompareWith model={model} />
      </div>
    </>
  );
}

/** The other branch; nothing to choose where there is only one. */
function CompareWith({ model }: IProps): React.JSX.Element | null {
  const trans = useTrans();
  const { branches, place } = model.kernel;
  useModel(branches);
  const others = (branches?.items ?? []).filter(
    each => each.status !== 'deleted' && each.id !== place?.branch
  );
  return others.length > 0 ? (
    <Select
      aria-label={trans.__('Compare with a branch')}
      value={model.other ?? ''}
      onChange={event => {
        model.other = event.target.value || null;
      }}
    >
      <option value="">{trans.__('Compare with…')}</option>
      {others.map(each => (
        <option key={each.id} value={each.id}>
          {trans.__('Compare with %1', each.name)}
        </option>
      ))}
    </Select>
  ) : null;
}

function Fault({ model }: IProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <p className="jps-Variables-note jps-mod-error" role="status">
      <ErrorMark /> {model.error || trans.__('The server does not answer.')}{' '}
      <button type="button" className="jps-Link" onClick={() => void model.read()}>
        {trans.__('Try again')}
      </button>
    </p>
  );
}

function Content({ model }: IProps): React.JSX.Element | null {
  const trans = useTrans();
  const { list } = model;
  if (list === null) {
    return model.error === null ? <Bars /> : null;
  }
  if (model.other !== null) {
    return <Difference model={model} />;
  }
  if (list.reason !== '') {
    return (
      <p className="jps-Variables-empty" role="status">
        {list.reason}
      </p>
    );
  }
  return list.total === 0 ? (
    <p className="jps-Variables-empty" role="status">
      {trans.__('The kernel holds no variables yet.')}
    </p>
  ) : (
    <VariablesTable model={model} list={list} />
  );
}
