import * as React from 'react';

import { Select } from '../components/select';
import { type BranchesModel, MAIN } from '../models/branches';
import { useModel } from '../models/observable';

interface IBranchSelectProps {
  branches: BranchesModel;
  value: string;
  onChange(id: string): void;
}

/** The branches that are not deleted. */
export function BranchSelect({ branches, value, onChange }: IBranchSelectProps): React.JSX.Element {
  const { items } = useModel(branches);
  const offered = items.filter(each => each.status !== 'deleted' || each.id === value);
  return (
    <Select value={value} onChange={event => onChange(event.target.value)}>
      {!items.some(each => each.id === MAIN) && <option value={MAIN}>{MAIN}</option>}
      {offered.map(each => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </Select>
  );
}
