import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { optimise } from '../../src/studies/retrieval/free-embeddings.ts';
import { FREE_EMBEDDING, STOPPING } from '../../src/studies/retrieval/params.ts';
import { limitSmall } from '../../src/studies/retrieval/subsets.ts';
import { FREE_EMBEDDING_RUNS, type FreeEmbeddingRun } from '../../src/studies/retrieval/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** LIMIT-small, solved by vectors that are free: what dimension alone allows an optimiser. */
export default defineStage({
  params: z.strictObject({
    d: z.int().min(1),
    documents: z.int().min(3),
    queries: z.int().min(1),
    seeds: z.array(z.int()).min(1),
    ...FREE_EMBEDDING,
    ...STOPPING,
  }),
  inputs: {},
  outputs: { 'limit-small': 'limit-small.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { d, documents: n, queries, seeds, temperature, learningRate, ...rule } = params;
    const relevance = limitSmall(n, queries);
    const runs: FreeEmbeddingRun[] = [];
    for (const seed of seeds) {
      signal.throwIfAborted();
      progress({ done: runs.length, total: seeds.length, unit: 'seed' });
      const task = { n, d, relevance, temperature, learningRate, seed };
      runs.push({ d, seed, n, queries: relevance.length, ...(await optimise(task, rule)) });
    }
    writeRows(outputs['limit-small'], FREE_EMBEDDING_RUNS, runs);
  },
});
