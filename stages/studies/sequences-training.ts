import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { POSITIONS, USUAL } from '../../src/studies/encoder-decoder.ts';
import { ENCODER_DECODER } from '../../src/studies/encoder-decoder-params.ts';
import { shapeOf } from '../../src/studies/sequences/examples.ts';
import { learn } from '../../src/studies/sequences/experiment.ts';
import { POINT_TABLE } from '../../src/studies/sequences/tables.ts';
import { ALL_TASKS } from '../../src/studies/sequences/tasks.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains a small encoder-decoder transformer on one toy task. */
export default defineStage({
  params: z.strictObject({
    ...ENCODER_DECODER,
    task: z.enum(ALL_TASKS),
    /** Variance of the initial token vectors. */
    embedding: z.enum(['1/width', '1']),
    /** Whether attention's query and key matrices start equal. */
    sameQueryKey: z.boolean(),
    positions: z.enum(POSITIONS).default(USUAL.positions),
    /** Whether source, target and output layer share a table. */
    tied: z.boolean().default(USUAL.tied),
    /** Whether the last matrix of every branch starts at zero. */
    zeroOutput: z.boolean().default(USUAL.zeroOutput),
    /** Held-out examples per evaluation. */
    tests: z.int().min(1),
  }),
  inputs: {},
  outputs: { curve: 'curve.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { task, layers, heads, width, feedForward, embedding, sameQueryKey, steps } = params;
    const { positions, tied, zeroOutput } = params;
    const start = { ...USUAL, embedding, sameQueryKey, positions, tied, zeroOutput };
    const points = await learn(
      {
        task,
        model: { shape: shapeOf(task), layers, heads, width, feedForward, ...start },
        batch: params.batch,
        schedule: { peak: params.learningRate, warmUp: params.warmUp, steps },
        every: params.every,
        tests: params.tests,
        seed: params.seed,
        backend: params.backend,
      },
      {
        signal,
        onPoint: ({ step, loss, exactMatch }) =>
          progress({ done: step, total: steps, unit: 'step', values: { loss, exactMatch } }),
      },
    );
    writeRows(outputs.curve, POINT_TABLE, points);
  },
});
