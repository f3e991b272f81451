import { z } from 'zod';
import { fitBits } from '../../src/dimension/budgets/bits.ts';
import { budgetRow } from '../../src/dimension/budgets/rows.ts';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { BUDGET } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What d numbers of few bits reach. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    width: z.int().min(1),
    bits: z.array(z.int().min(1).max(16)).min(1),
  }),
  inputs: { queries: 'one' },
  outputs: { budgets: 'budgets.arrow' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { width: d, bits, ...search } = params;
    const parts = partsOf(readSplit(inputs.queries.path));
    const found = await fitBits(parts, d, bits, 1, {
      ...search,
      signal,
      onStep: (done, total) => progress({ done, total, unit: 'step' }),
    });
    const rows = found.map(({ fits, ...budget }) => budgetRow({ d, pieces: 1, ...budget }, fits));
    writeRows(outputs.budgets, BUDGET, rows);
  },
});
