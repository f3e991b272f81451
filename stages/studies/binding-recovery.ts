import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import {
  codedTrees,
  hadamardTrees,
  lists,
  shapedTrees,
  tensorTrees,
} from '../../src/studies/binding/experiment.ts';
import { STRUCTURE_PARAMS } from '../../src/studies/binding/params.ts';
import { reconstructionErrors } from '../../src/studies/binding/reconstruction.ts';
import {
  RECONSTRUCTION_TABLE,
  RECOVERY_TABLE,
  SHAPE_TABLE,
} from '../../src/studies/binding/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

const sizes = z.array(z.int().min(1)).min(1);

/** Recovery from lists and trees by every way of binding, and tree reconstruction errors. */
export default defineStage({
  params: z.strictObject({
    ...STRUCTURE_PARAMS,
    /** Numbers per role of lists. */
    roleLengths: sizes,
    /** Depths of trees. */
    depths: z.array(z.int().min(0).max(10)).min(1),
    /** Numbers per Hadamard vector. */
    dimensions: sizes,
    /** Depths and numbers of the codes whose binding takes longer. */
    codes: z.strictObject({ depths: z.array(z.int().min(0).max(10)).min(1), dimensions: sizes }),
    /** Trees of n numbers, full or not. */
    shapes: z.array(
      z.strictObject({ leaves: z.int().min(1), height: z.int().min(0), width: z.int().min(1) }),
    ),
    shapeNumbers: z.int().min(1),
    /** Free vectors of open compositions, and pairs held out, as shares. */
    freedoms: z.array(z.number().gt(0).max(1)),
    heldOut: z.number().gt(0).lt(1),
    codeNumbers: z.int().min(1),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: {
    recovery: 'recovery.arrow',
    shapes: 'shapes.arrow',
    reconstructions: 'reconstructions.arrow',
  },
  run({ params, outputs }) {
    const rows = [
      ...lists(params),
      ...tensorTrees(params),
      ...hadamardTrees(params),
      ...codedTrees({ ...params, ...params.codes }),
    ];
    writeRows(outputs.recovery, RECOVERY_TABLE, rows);
    writeRows(outputs.shapes, SHAPE_TABLE, shapedTrees(params));
    const codes = { ...params, numbers: params.codeNumbers };
    writeRows(outputs.reconstructions, RECONSTRUCTION_TABLE, reconstructionErrors(codes));
  },
});
