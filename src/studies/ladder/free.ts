import type { Deck } from '../../study/deck/deck.ts';
import {
  freeScores,
  optimise,
  type Search,
  startingVectors,
} from '../../study/floor/free-vectors.ts';
import { accuracyOf } from '../../study/metrics/accuracy.ts';
import { meanOf } from '../../study/metrics/aggregates.ts';
import { allSubsets, answersOf } from './subsets.ts';
import type { RungRow } from './tables.ts';

export interface FreeSettings {
  readonly d: number;
  /** Starts that are trained with both objectives, one per seed. */
  readonly seeds: readonly number[];
  /** Further starts with cross-entropy, for the optimum. */
  readonly restarts: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** The rungs of free key and query vectors on all subsets: optimum, cross-entropy, InfoNCE. */
export async function freeRungs(
  deck: Deck,
  { d, seeds, restarts, steps, learningRate }: FreeSettings,
  options: Pick<Search, 'signal' | 'onStep'>,
): Promise<readonly RungRow[]> {
  const sets = answersOf(allSubsets(deck), deck);
  const search = { restarts: seeds.length + restarts, steps, learningRate, seed: 1, ...options };
  const start = startingVectors(sets, deck, d, search);
  const starts = (values: Float32Array, count: number) =>
    values.slice(0, (values.length / search.restarts) * count);
  const ofSeeds = {
    keys: starts(start.keys, seeds.length),
    queries: starts(start.queries, seeds.length),
  };
  const quality = (vectors: typeof start) =>
    Array.from({ length: vectors.keys.length / (deck.keys * d) }, (_, r) => {
      const scores = freeScores(vectors, r, sets, d);
      const { kl, overlap } = accuracyOf(scores, sets.isTrue, sets.count, sets.keys);
      return { kl: meanOf(kl).mean, overlap: meanOf(overlap).mean };
    });
  const crossEntropy = quality(await optimise(sets, d, 'kl', start, search));
  const infonce = quality(await optimise(sets, d, 'infonce', ofSeeds, search));
  const best = [...crossEntropy, ...infonce].reduce((a, b) => (b.kl < a.kl ? b : a));
  return seeds.flatMap((seed, i) => [
    { d, seed, rung: 'optimum' as const, ...best },
    { d, seed, rung: 'cross-entropy' as const, ...crossEntropy[i] },
    { d, seed, rung: 'infonce' as const, ...infonce[i] },
  ]);
}
