import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { accuracyOf } from '../../src/studies/low-rank/accuracy.ts';
import { distinctQueries } from '../../src/studies/low-rank/queries.ts';
import { LOW_RANK_TABLE, type LowRankRow } from '../../src/studies/low-rank/tables.ts';
import { trainedScores, UNROLLED } from '../../src/studies/low-rank/train.ts';
import { truncations } from '../../src/studies/low-rank/truncated-svd.ts';
import { exactRank } from '../../src/studies/rank/exact-rank.ts';
import { pairMatrix } from '../../src/studies/rank/pair-matrix.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { meanOf } from '../../src/study/metrics/aggregates.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Embeddings of dimension d trained on the query-key matrix of a deck, for d up to its rank. */
export default defineStage({
  params: z.strictObject({
    attributes: z.int().min(2),
    values: z.int().min(2),
    /** Those above the rank are left out; the rank itself is always there. */
    dims: z.array(z.int().min(1)),
    steps: z.int().min(UNROLLED).multipleOf(UNROLLED),
    learningRate: z.number().positive(),
    seeds: z.array(z.int()).min(1),
  }),
  inputs: {},
  outputs: { 'low-rank': 'low-rank.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { attributes, values, steps, learningRate, seeds } = params;
    const deck = deckOf(values ** attributes, values);
    const { keys } = deck;
    const queries = distinctQueries(deck);
    const { rank } = exactRank(pairMatrix('shared', deck));
    const dims = [...new Set([...params.dims.filter((d) => d < rank), rank])].sort((a, b) => a - b);
    const table: LowRankRow[] = [];
    for (const { d, scores, residual, rounded } of truncations(queries, keys, dims)) {
      progress({ done: table.length, total: dims.length, unit: 'dimension' });
      const trained = [];
      for (const seed of seeds) {
        signal.throwIfAborted();
        const task = { queries, keys, d, steps, learningRate, seed };
        trained.push(accuracyOf(queries, keys, await trainedScores(task)));
      }
      table.push({
        attributes,
        values,
        keys,
        queries: queries.count,
        rank,
        d,
        accuracy: meanOf(trained.map(({ accuracy }) => accuracy)).mean,
        bestAccuracy: Math.max(...trained.map(({ accuracy }) => accuracy)),
        overlap: meanOf(trained.map(({ overlap }) => overlap)).mean,
        kl: meanOf(trained.map(({ kl }) => kl)).mean,
        svdAccuracy: accuracyOf(queries, keys, scores).accuracy,
        svdRounded: rounded,
        svdResidual: residual,
      });
    }
    writeRows(outputs['low-rank'], LOW_RANK_TABLE, table);
  },
});
