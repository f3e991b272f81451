import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bestRecalls } from '../../src/dimension/answer/by-dimension.ts';
import { leastDimension } from '../../src/dimension/fit/least.ts';
import { fitDimension } from '../../src/dimension/fit/rows.ts';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { FIT, type FitRow } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Fits between the dimensions that were tried, until the least ones for some recalls are known. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    restarts: z.int().min(1),
    recalls: z.array(z.number().gt(0).max(1)).min(1),
  }),
  inputs: { queries: 'one', fits: 'many' },
  outputs: { fit: 'fit.arrow' },
  async run({ params, inputs, outputs, checkpoint, signal, progress }) {
    const { restarts, recalls, ...search } = params;
    const parts = partsOf(readSplit(inputs.queries.path));
    const rows: FitRow[] = inputs.fits.flatMap(({ path }) => readRows(path, FIT));
    const known = new Map(bestRecalls(rows));
    const most = parts.fitted.items - 1;
    // Past the greatest dimension tried nothing is searched.
    const end = Math.min(most, Math.max(...known.keys()));
    const fitted: FitRow[] = [];
    const recallAt = async (d: number) => {
      const path = join(checkpoint.folder, `${d}.arrow`);
      if (!existsSync(path)) {
        const own = await fitDimension(parts, d, restarts, {
          ...search,
          signal,
          onStep: (done, total) => progress({ done, total, unit: 'step', values: { d } }),
        });
        writeRows(path, FIT, own);
      }
      const own = readRows(path, FIT);
      fitted.push(...own);
      return bestRecalls(own).get(d) ?? 0;
    };
    for (const recall of recalls) {
      if (Math.max(...known.values()) < recall && end < most) continue;
      await leastDimension(known, recall, end, recallAt);
    }
    writeRows(outputs.fit, FIT, fitted);
  },
});
