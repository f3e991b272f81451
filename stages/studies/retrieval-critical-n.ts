import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { searchCriticalN } from '../../src/studies/retrieval/experiment.ts';
import { TRAINING_PARAMS } from '../../src/studies/retrieval/params.ts';
import {
  CRITICAL_N_TABLE,
  type CriticalNRow,
  TRAINING_TABLE,
  type TrainingRow,
} from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** For how many documents free vectors of d dimensions learn to rank every pair on top. */
export default defineStage({
  params: z.strictObject({
    /** Documents per query. */
    k: z.int().min(1),
    /** The search starts from this many documents per dimension. */
    startPerDimension: z.int().min(1),
    ...TRAINING_PARAMS,
  }),
  inputs: {},
  outputs: { 'critical-n': 'critical-n.arrow', trainings: 'trainings.arrow' },
  async run({ params: { seeds, ...settings }, outputs, signal, progress, log }) {
    const criticalRows: CriticalNRow[] = [];
    const trainingRows: TrainingRow[] = [];
    for (const seed of seeds) {
      progress({ done: criticalRows.length, total: seeds.length, unit: 'seed' });
      const { critical, trainings } = await searchCriticalN(settings, seed, () =>
        signal.throwIfAborted(),
      );
      log(
        `d = ${settings.d}, seed ${seed}: ${critical.criticalN} documents, ${critical.largestN} by the sweep`,
      );
      criticalRows.push(critical);
      trainingRows.push(...trainings);
    }
    writeRows(outputs['critical-n'], CRITICAL_N_TABLE, criticalRows);
    writeRows(outputs.trainings, TRAINING_TABLE, trainingRows);
  },
});
