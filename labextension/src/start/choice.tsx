import * as React from 'react';

import { Button } from '../components/button';
import { Select } from '../components/select';
import { useTrans } from '../components/trans';
import type { ModelsModel } from '../models/models';
import { useModel } from '../models/observable';

interface IModelSelectProps {
  models: ModelsModel;
  /** `null`: the server's default at each message. */
  value: string | null;
  onChange(value: string | null): void;
  onSetup(): void;
}

/** The models on offer; those that cannot be used say why. */
export function ModelSelect({ models, value, onChange, onSetup }: IModelSelectProps): React.JSX.Element {
  const trans = useTrans();
  useModel(models);
  const standard = models.find(null);
  const known = value === null || models.items.some(each => each.id === value);
  return (
    <div className="jps-Start-choice">
      <label>
        <b>{trans.__('Model')}</b>
        <Select value={value ?? ''} onChange={event => onChange(event.target.value || null)}>
          <option value="">
            {standard ? trans.__('%1 (default)', standard.display_name) : trans.__('Default')}
          </option>
          {!known && <option value={value}>{value}</option>}
          {models.items
            .filter(each => each.id !== standard?.id)
            .map(each => (
              <option
                key={each.id}
                value={each.id}
                disabled={!each.available}
                title={each.reason ?? undefined}
              >
                {each.available ? each.display_name : trans.__('%1 (not available)', each.display_name)}
              </option>
            ))}
        </Select>
      </label>
      {models.offlineOnly && (
        <Button look="flat" onClick={onSetup}>
          {trans.__('Set up a model…')}
        </Button>
      )}
    </div>
  );
}
