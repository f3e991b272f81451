import { z } from 'zod';
import { fitDimension } from '../../src/dimension/fit/rows.ts';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { FIT } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What the best vectors of d numbers reach, on the queries they are fitted to and on others. */
export default defineStage({
  params: z.strictObject({ ...SEARCH, width: z.int().min(1), restarts: z.int().min(1) }),
  inputs: { queries: 'one' },
  outputs: { fit: 'fit.arrow' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { width, restarts, ...search } = params;
    const parts = partsOf(readSplit(inputs.queries.path));
    const rows = await fitDimension(parts, width, restarts, {
      ...search,
      signal,
      onStep: (done, total) => progress({ done, total, unit: 'step' }),
    });
    writeRows(outputs.fit, FIT, rows);
  },
});
