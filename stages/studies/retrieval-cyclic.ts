import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { radonPartition } from '../../src/studies/retrieval/cyclic.ts';
import { realiseSubsets } from '../../src/studies/retrieval/experiment.ts';
import { CYCLIC_TABLE } from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

const sizes = z.array(
  z.strictObject({
    /** Documents. */
    m: z.int().min(2),
    /** Largest size of a subset. */
    k: z.int().min(1),
  }),
);

/** Which subsets vectors on the cyclic polytope realise, in integers and in floating point. */
export default defineStage({
  params: z.strictObject({ exact: sizes, float32: sizes }),
  inputs: {},
  outputs: { subsets: 'subsets.arrow' },
  run({ params, outputs, progress, log }) {
    const tasks = (['exact', 'float32'] as const).flatMap((arithmetic) =>
      params[arithmetic].map((size) => ({ size, arithmetic })),
    );
    const rows = tasks.map(({ size, arithmetic }, done) => {
      progress({ done, total: tasks.length, unit: 'size' });
      return realiseSubsets(size, arithmetic);
    });
    writeRows(outputs.subsets, CYCLIC_TABLE, rows);
    for (const k of new Set(params.exact.map((size) => size.k))) {
      const { smaller, larger } = radonPartition(k);
      const [below, above] = [larger, smaller].map(
        (side) => `{${side.map((i) => i + 1).join(', ')}}`,
      );
      log(`in ${2 * k - 1} dimensions no query ranks ${above} above ${below} (k = ${k})`);
    }
  },
});
