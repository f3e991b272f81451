import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { trainLimitSmall } from '../../src/studies/retrieval/experiment.ts';
import { TRAINING_PARAMS } from '../../src/studies/retrieval/params.ts';
import { TRAINING_TABLE, type TrainingRow } from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** LIMIT-small with free vectors: how much an optimiser solves in d dimensions. */
export default defineStage({
  params: z.strictObject({
    documents: z.int().min(3),
    queries: z.int().min(1),
    ...TRAINING_PARAMS,
  }),
  inputs: {},
  outputs: { trainings: 'trainings.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { documents, queries, seeds, ...settings } = params;
    const trainings: TrainingRow[] = [];
    for (const seed of seeds) {
      signal.throwIfAborted();
      progress({ done: trainings.length, total: seeds.length, unit: 'seed' });
      trainings.push(await trainLimitSmall(settings, documents, queries, seed));
    }
    writeRows(outputs.trainings, TRAINING_TABLE, trainings);
  },
});
