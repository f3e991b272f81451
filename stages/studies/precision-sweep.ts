import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { ARITHMETICS } from '../../src/studies/precision/arithmetic.ts';
import { TRAINING_PARAMS } from '../../src/studies/precision/params.ts';
import { sweep } from '../../src/studies/precision/sweep.ts';
import { KNOBS, SWEEP_TABLE } from '../../src/studies/precision/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains the small perceptron with smaller and smaller losses, or steps. */
export default defineStage({
  params: z.strictObject({
    ...TRAINING_PARAMS,
    knob: z.enum(KNOBS),
    values: z.array(z.number().positive()).min(1),
    arithmetics: z.array(z.enum(ARITHMETICS)).min(1),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { sweep: 'sweep.arrow' },
  async run({ params: { knob, values, arithmetics, ...training }, outputs, signal, progress }) {
    const total = values.length * arithmetics.length;
    const rows = await sweep(
      knob,
      values,
      arithmetics,
      { ...training, lossWeight: 1 },
      { signal, onTraining: (done) => progress({ done, total, unit: 'training' }) },
    );
    writeRows(outputs.sweep, SWEEP_TABLE, rows);
  },
});
