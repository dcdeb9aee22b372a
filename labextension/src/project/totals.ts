import type { TranslationBundle } from '@jupyterlab/translation';

import type { Session } from '../api/schema';
import { duration } from '../components/times';

export interface ITotals {
  inputTokens: number;
  outputTokens: number;
  /** Of the sessions whose price is known. */
  cost: number;
  /** Sessions that used a model whose price is not known. */
  unpriced: number;
  processingMs: number;
}

/** What the sessions have used together. */
export function totalsOf(sessions: readonly Session[]): ITotals {
  const totals: ITotals = { inputTokens: 0, outputTokens: 0, cost: 0, unpriced: 0, processingMs: 0 };
  for (const { usage, processing_ms } of sessions) {
    totals.inputTokens += usage.input_tokens;
    totals.outputTokens += usage.output_tokens;
    totals.cost += usage.cost ?? 0;
    totals.unpriced += usage.cost === null && usage.input_tokens + usage.output_tokens > 0 ? 1 : 0;
    totals.processingMs += processing_ms;
  }
  return totals;
}

/** "12,340 tokens in, 1,200 out · $0.04 · 4 min 12 s at work". */
export function totalsText(trans: TranslationBundle, totals: ITotals): string {
  const { inputTokens, outputTokens, processingMs } = totals;
  const used = inputTokens + outputTokens > 0;
  return [
    used
      ? trans.__('%1 tokens in, %2 out', inputTokens.toLocaleString(), outputTokens.toLocaleString())
      : trans.__('No tokens used'),
    ...(used ? [priceText(trans, totals)] : []),
    ...(processingMs > 0 ? [trans.__('%1 at work', duration(trans, processingMs))] : [])
  ].join(' · ');
}

function priceText(trans: TranslationBundle, { cost, unpriced }: ITotals): string {
  const price = cost > 0 && cost < 0.01 ? trans.__('under $0.01') : `$${cost.toFixed(2)}`;
  if (unpriced === 0) {
    return price;
  }
  return cost === 0
    ? trans.__('price not known')
    : trans._n(
        '%2, without %1 session whose price is not known',
        '%2, without %1 sessions whose price is not known',
        unpriced,
        price
      );
}
