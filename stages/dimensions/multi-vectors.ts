import { z } from 'zod';
import { budgetRow } from '../../src/dimension/budgets/rows.ts';
import { fitVectors } from '../../src/dimension/fit/fit.ts';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { BUDGET, type BudgetRow } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What m vectors of d / m numbers per item and query reach by MaxSim: as many floats for every m. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    width: z.int().min(1),
    restarts: z.int().min(1),
    /** m; those that do not divide d are left out. */
    pieces: z.array(z.int().min(1)).min(1),
  }),
  inputs: { queries: 'one' },
  outputs: { budgets: 'budgets.arrow' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { width: d, restarts, pieces, ...search } = params;
    const parts = partsOf(readSplit(inputs.queries.path));
    const seeds = Array.from({ length: restarts }, (_, i) => ({ d, seed: i + 1 }));
    const rows: BudgetRow[] = [];
    for (const m of pieces.filter((one) => d % one === 0)) {
      const onStep = (done: number, total: number) =>
        progress({ done, total, unit: 'step', values: { vectors: m } });
      const { fits } = await fitVectors(parts, seeds, { ...search, signal, onStep }, { pieces: m });
      rows.push(budgetRow({ d, bits: 32, pieces: m, rounding: 'none' }, fits));
    }
    writeRows(outputs.budgets, BUDGET, rows);
  },
});
