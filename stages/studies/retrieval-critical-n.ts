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
    const found: CriticalNRow[] = [];
    const trained: TrainingRow[] = [];
    for (const seed of seeds) {
      progress({ done: found.length, total: seeds.length, unit: 'seed' });
      const { critical, trainings } = await searchCriticalN(settings, seed, () =>
        signal.throwIfAborted(),
      );
      log(`d = ${settings.d}, seed ${seed}: ${critical.criticalN} documents`);
      found.push(critical);
      trained.push(...trainings);
    }
    writeRows(outputs['critical-n'], CRITICAL_N_TABLE, found);
    writeRows(outputs.trainings, TRAINING_TABLE, trained);
  },
});
