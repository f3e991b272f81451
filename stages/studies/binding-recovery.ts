import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { hadamardTrees, lists, tensorTrees } from '../../src/studies/binding/experiment.ts';
import { STRUCTURE_PARAMS } from '../../src/studies/binding/params.ts';
import { RECOVERY_TABLE } from '../../src/studies/binding/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

const sizes = z.array(z.int().min(1)).min(1);

/** Recovery from tensor products of lists and trees, and from their Hadamard approximation. */
export default defineStage({
  params: z.strictObject({
    ...STRUCTURE_PARAMS,
    /** Numbers per role of lists. */
    roleLengths: sizes,
    /** Depths of trees. */
    depths: z.array(z.int().min(0).max(10)).min(1),
    /** Numbers per Hadamard vector. */
    dimensions: sizes,
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { recovery: 'recovery.arrow' },
  run({ params, outputs }) {
    const rows = [...lists(params), ...tensorTrees(params), ...hadamardTrees(params)];
    writeRows(outputs.recovery, RECOVERY_TABLE, rows);
  },
});
