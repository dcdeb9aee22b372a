import { describe, expect, it } from 'vitest';

import { numberRows, numbersOf } from '../numbers';

const printed = (text: string, name = 'stdout') => ({ output_type: 'stream', name, text });
const shown = (text: string) => ({ output_type: 'execute_result', data: { 'text/plain': [text] } });

describe('numbers that a cell shows', () => {
  it('are one alone, also as NumPy shows it', () => {
    expect(numbersOf([shown('0.8453')])).toEqual([{ label: '', text: '0.8453' }]);
    expect(numbersOf([shown('np.float64(0.91)')])).toEqual([{ label: '', text: '0.91' }]);
    expect(numbersOf([printed('-1,204\n')])).toEqual([{ label: '', text: '-1,204' }]);
  });

  it('are those behind a name, the last of each', () => {
    const found = numbersOf([
      printed('fold 1\naccuracy: 0.9\naccuracy: 0.91\nRMSE (test) = 1.2e-3\nshare: 12 %')
    ]);
    expect(found).toEqual([
      { label: 'accuracy', text: '0.91' },
      { label: 'RMSE (test)', text: '1.2e-3' },
      { label: 'share', text: '12 %' }
    ]);
  });

  it('are not looked for in texts, tables, logs and warnings', () => {
    const texts = ['hello', '1 2\n3 4', '2026-11-28', '12:30', 'a: 1, b: 2', '10.0.0.1'];
    expect(texts.flatMap(text => numbersOf([shown(text)]))).toEqual([]);
    expect(numbersOf([printed('loss: 1\n'.repeat(50))])).toEqual([]);
    expect(numbersOf([printed('left: 3', 'stderr')])).toEqual([]);
  });

  it('are not looked for in lines as long as a number of many thousand digits', () => {
    const began = performance.now();
    expect(numbersOf([printed(`${'7'.repeat(50_000)} digits`)])).toEqual([]);
    expect(numbersOf([printed(`product: ${'7'.repeat(50_000)} digits\nloss: 1`)])).toEqual([
      { label: 'loss', text: '1' }
    ]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('stand in a row for each name, with a gap where a branch has none', () => {
    const rows = numberRows([[{ label: 'a', text: '1' }], [{ label: 'b', text: '2' }]]);
    expect(rows).toEqual([
      { label: 'a', texts: ['1', undefined] },
      { label: 'b', texts: [undefined, '2'] }
    ]);
  });
});
