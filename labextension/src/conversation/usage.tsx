import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Session, Usage } from '../api/schema';
import { duration } from '../components/times';

/** "12,340 tokens in, 1,200 out · $0.04"; empty for the offline agent, which needs none. */
export function usageText(trans: TranslationBundle, usage: Usage): string {
  if (usage.input_tokens + usage.output_tokens === 0) {
    return '';
  }
  const tokens = trans.__(
    '%1 tokens in, %2 out',
    usage.input_tokens.toLocaleString(),
    usage.output_tokens.toLocaleString()
  );
  return `${tokens} · ${priceText(trans, usage)}`;
}

/** "$0.04"; says it when the price is not known. */
export function priceText(trans: TranslationBundle, { cost }: Usage): string {
  if (cost === null) {
    return trans.__('price not known');
  }
  return cost > 0 && cost < 0.01 ? trans.__('under $0.01') : `$${cost.toFixed(2)}`;
}

/** What a session has cost so far. */
export function showUsage(trans: TranslationBundle, session: Session): Promise<unknown> {
  const { usage } = session;
  const used = usage.input_tokens + usage.output_tokens > 0;
  const rows: [string, string][] = [
    [trans.__('Tokens in'), usage.input_tokens.toLocaleString()],
    [trans.__('Tokens out'), usage.output_tokens.toLocaleString()],
    [trans.__('Requests'), usage.requests.toLocaleString()],
    [trans.__('Price'), priceText(trans, usage)]
  ];
  return showDialog({
    title: trans.__('Usage of “%1”', session.name),
    body: (
      <table className="jps-Usage">
        <tbody>
          {(used ? rows : []).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{trans.__('Time at work')}</th>
            <td>{duration(trans, session.processing_ms)}</td>
          </tr>
          {!used && (
            <tr>
              <td colSpan={2}>{trans.__('No tokens so far. The offline agent needs none.')}</td>
            </tr>
          )}
        </tbody>
      </table>
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
