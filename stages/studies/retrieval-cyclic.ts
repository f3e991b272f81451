import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import {
  radonPartition,
  realiseExactly,
  realiseInFloat32,
} from '../../src/studies/retrieval/cyclic.ts';
import { CYCLIC_TABLE, type CyclicRow } from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

const sizes = z.array(
  z.strictObject({
    /** Documents. */
    m: z.int().min(2),
    /** Largest size of a subset. */
    k: z.int().min(1),
  }),
);

/** Which subsets vectors on the cyclic polytope realise: in integers, and in floating point. */
export default defineStage({
  params: z.strictObject({ exact: sizes, float32: sizes }),
  inputs: {},
  outputs: { 'cyclic-polytope': 'cyclic-polytope.arrow' },
  run({ params, outputs, progress, log }) {
    const rows: CyclicRow[] = [];
    const total = params.exact.length + params.float32.length;
    for (const { m, k } of params.exact) {
      progress({ done: rows.length, total, unit: 'size' });
      rows.push({ m, k, dimension: 2 * k, arithmetic: 'exact', ...realiseExactly(m, k) });
    }
    for (const { m, k } of params.float32) {
      progress({ done: rows.length, total, unit: 'size' });
      rows.push({ m, k, dimension: 2 * k, arithmetic: 'float32', ...realiseInFloat32(m, k) });
    }
    writeRows(outputs['cyclic-polytope'], CYCLIC_TABLE, rows);
    for (const k of new Set(params.exact.map((size) => size.k))) {
      const { smaller, larger } = radonPartition(k);
      const shown = [smaller, larger].map((side) => `{${side.map((i) => i + 1).join(', ')}}`);
      log(`in ${2 * k - 1} dimensions ${shown[0]} cannot be put above ${shown[1]} (k = ${k})`);
    }
  },
});
