import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Session } from '../api/schema';
import { duration } from '../components/times';
import { useTrans } from '../components/trans';
import { priceText } from '../conversation/usage';
import { useModel } from '../models/observable';
import type { ModelsModel } from '../models/models';
import type { IColumn } from './model';
import { Cell, RowHead } from './row';
import { verdictOf } from './rows';

interface IFact {
  name: string;
  text(session: Session): string;
  /** Whether a difference is worth a word: times and prices always differ. */
  judged?: boolean;
}

/** With what the sessions worked, and what that took. */
export function FactRows(props: {
  columns: readonly IColumn[];
  models: ModelsModel | null;
}): React.JSX.Element {
  const { columns } = props;
  const trans = useTrans();
  const models = useModel(props.models);
  return (
    <>
      {factsOf(trans, models).map(({ name, text, judged }) => {
        const texts = columns.map(({ session }) => (session ? text(session) : undefined));
        return (
          <div key={name} role="row" className="jps-Compare-row">
            <RowHead name={name} verdict={judged ? verdictOf(texts) : undefined} />
            {columns.map((column, index) => (
              <Cell key={column.id} column={column}>
                {texts[index] ?? '–'}
              </Cell>
            ))}
          </div>
        );
      })}
    </>
  );
}

function factsOf(trans: TranslationBundle, models: ModelsModel | null): IFact[] {
  const tokens = ({ usage }: Session) => usage.input_tokens + usage.output_tokens;
  return [
    {
      name: trans.__('Model'),
      text: ({ model }) => models?.find(model)?.display_name ?? model ?? '–',
      judged: true
    },
    {
      name: trans.__('Time at work'),
      text: ({ processing_ms }) => (processing_ms > 0 ? duration(trans, processing_ms, true) : '–')
    },
    {
      name: trans.__('Tokens'),
      text: session =>
        tokens(session) > 0
          ? trans.__(
              '%1 in, %2 out',
              session.usage.input_tokens.toLocaleString(),
              session.usage.output_tokens.toLocaleString()
            )
          : trans.__('none')
    },
    {
      name: trans.__('Price'),
      text: session => (tokens(session) > 0 ? priceText(trans, session.usage) : '–')
    }
  ];
}
