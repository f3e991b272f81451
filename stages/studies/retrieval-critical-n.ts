import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { criticalN } from '../../src/studies/retrieval/critical-n.ts';
import { optimise } from '../../src/studies/retrieval/free-embeddings.ts';
import { FREE_EMBEDDING, STOPPING } from '../../src/studies/retrieval/params.ts';
import { subsetsOf } from '../../src/studies/retrieval/subsets.ts';
import {
  CRITICAL_N,
  type CriticalN,
  FREE_EMBEDDING_RUNS,
  type FreeEmbeddingRun,
} from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How many documents free vectors of d dimensions can rank so that every pair comes out on top. */
export default defineStage({
  params: z.strictObject({
    d: z.int().min(1),
    /** Size of the subsets. */
    k: z.int().min(1),
    /** The search starts from this many documents per dimension. */
    startPerDimension: z.int().min(1),
    seeds: z.array(z.int()).min(1),
    ...FREE_EMBEDDING,
    ...STOPPING,
  }),
  inputs: {},
  outputs: { 'critical-n': 'critical-n.arrow', runs: 'runs.arrow' },
  async run({ params, outputs, signal, progress, log }) {
    const { d, k, startPerDimension, seeds, temperature, learningRate, ...rule } = params;
    const found: CriticalN[] = [];
    const runs: FreeEmbeddingRun[] = [];
    for (const seed of seeds) {
      progress({ done: found.length, total: seeds.length, unit: 'seed' });
      const n = await criticalN(startPerDimension * d, async (n) => {
        signal.throwIfAborted();
        const relevance = subsetsOf(n, k);
        // With no other document to rank below them, any vectors do.
        if (n <= k) return true;
        const task = { n, d, relevance, temperature, learningRate, seed };
        const outcome = await optimise(task, rule);
        runs.push({ d, seed, n, queries: relevance.length, ...outcome });
        return outcome.accuracy === 1;
      });
      log(`d = ${d}, seed ${seed}: ${n} documents`);
      found.push({ d, seed, criticalN: n });
    }
    writeRows(outputs['critical-n'], CRITICAL_N, found);
    writeRows(outputs.runs, FREE_EMBEDDING_RUNS, runs);
  },
});
