import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { ARITHMETICS } from '../../src/studies/precision/arithmetic.ts';
import { trainIn } from '../../src/studies/precision/experiment.ts';
import { TRAINING_PARAMS } from '../../src/studies/precision/params.ts';
import { CURVE_TABLE, EXPONENT_TABLE, SIZES } from '../../src/studies/precision/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains one perceptron in one arithmetic, and counts its numbers by their powers of two. */
export default defineStage({
  params: z.strictObject({
    ...TRAINING_PARAMS,
    mlp: z.enum(SIZES),
    arithmetic: z.enum(ARITHMETICS),
    seed: z.int(),
  }),
  inputs: {},
  outputs: { curve: 'curve.arrow', exponents: 'exponents.arrow' },
  async run({ params: { mlp, arithmetic, ...training }, outputs, signal, progress }) {
    const { curve, exponents } = await trainIn(
      arithmetic,
      { ...training, lossWeight: 1 },
      {
        signal,
        onStep: (done, loss) =>
          progress({ done, total: training.steps, unit: 'step', values: { loss } }),
      },
    );
    const own = { mlp, arithmetic, seed: training.seed };
    writeRows(
      outputs.curve,
      CURVE_TABLE,
      curve.map((row) => ({ ...own, ...row })),
    );
    writeRows(
      outputs.exponents,
      EXPONENT_TABLE,
      exponents.map((row) => ({ ...own, ...row })),
    );
  },
});
