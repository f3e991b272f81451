import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { compareTrainings } from '../../src/studies/data-parallel/experiment.ts';
import { LOSS_TABLE, TASKS, WORKER_TABLE } from '../../src/studies/data-parallel/tables.ts';
import { ENCODER } from '../../src/study/models/encoder-params.ts';
import { writeRows } from '../../src/tables/records.ts';

/** One model, trained by one process and by groups of workers that exchange gradients. */
export default defineStage({
  params: z.strictObject({
    parallelTask: z.enum(TASKS),
    /** Sizes of the groups. */
    workers: z.array(z.int().min(2)).min(1),
    /** Rows of all workers together. */
    batch: z.int().min(1),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
    warmUp: z.int().min(0),
    mlp: z.strictObject({
      inputs: z.int().min(1),
      hidden: z.int().min(1),
      classes: z.int().min(2),
    }),
    dualEncoder: z.strictObject({
      cards: z.int().min(2),
      pairs: z.int().min(1),
      queries: z.int().min(1),
      dim: z.int().min(1),
      encoder: ENCODER,
    }),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { losses: 'losses.arrow', workers: 'workers.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { parallelTask, workers: groups, steps, learningRate, warmUp, ...settings } = params;
    const schedule = { peak: learningRate, warmUp, steps };
    const { losses, workers } = await compareTrainings(
      { task: parallelTask, schedule, ...settings },
      groups,
      {
        signal,
        onTraining: (done, total) => progress({ done, total, unit: 'training' }),
      },
    );
    writeRows(outputs.losses, LOSS_TABLE, losses);
    writeRows(outputs.workers, WORKER_TABLE, workers);
  },
});
