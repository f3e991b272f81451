import type { Deck } from '../deck/deck.ts';
import { queryMetrics } from '../metrics/per-query.ts';
import type { AnswerSets } from './answer-sets.ts';
import {
  type Aim,
  freeScores,
  optimise,
  type Search,
  startingQueries,
  startingVectors,
  type Vectors,
} from './free-vectors.ts';

/** Mean KL (nats) and Top-K overlap over the queries that select some answer sets. */
export interface Quality {
  readonly kl: number;
  readonly overlap: number;
}

/** The best that vectors of d numbers were found to reach. KL and overlap have vectors of their own. */
export interface Floor {
  /** On the answer sets that keys and queries were optimised on: what more sets can only worsen. */
  readonly fitted: Quality;
  /** On other answer sets of the game, with these keys and the best queries for them: reached. */
  readonly heldOut: Quality;
  /** Fitted KL of the worst restart: how much depends on the start. */
  readonly worstKl: number;
}

/** Steps of the search for overlap, which starts from the vectors found for KL. */
const OVERLAP_STEPS = 0.5;
const OVERLAP_RATE = 0.5;

/**
 * Optimises keys and queries freely on `fit`, keeps the best restart, then queries alone on
 * `heldOut`. A search, not a proof: the true optimum on `fit` is at most what is found.
 */
export async function findFloor(
  fit: AnswerSets,
  heldOut: AnswerSets,
  deck: Deck,
  dim: number,
  search: Search,
): Promise<Floor> {
  const start = startingVectors(fit, deck, dim, search);
  const forKl = await optimise(fit, dim, 'kl', start, search);
  const forOverlap = await optimise(fit, dim, 'overlap', forKl, {
    ...search,
    steps: Math.ceil(search.steps * OVERLAP_STEPS),
    learningRate: search.learningRate * OVERLAP_RATE,
  });
  const restarts = Array.from({ length: search.restarts }, (_, r) => r);
  const kls = restarts.map((r) => quality(forKl, r, fit, dim).kl);
  const overlaps = restarts.map((r) => quality(forOverlap, r, fit, dim).overlap);
  const bestKl = restarts.reduce((best, r) => (kls[r] < kls[best] ? r : best));
  const bestOverlap = restarts.reduce((best, r) => (overlaps[r] > overlaps[best] ? r : best));
  const reach = async (aim: Aim, vectors: Vectors, restart: number) => {
    const size = fit.keys * dim;
    const keys = vectors.keys.slice(restart * size, (restart + 1) * size);
    const queries = startingQueries(heldOut, dim, keys);
    return quality(
      await optimise(heldOut, dim, aim, { keys, queries }, search, true),
      0,
      heldOut,
      dim,
    );
  };
  return {
    fitted: { kl: kls[bestKl], overlap: overlaps[bestOverlap] },
    heldOut: {
      kl: (await reach('kl', forKl, bestKl)).kl,
      overlap: (await reach('overlap', forOverlap, bestOverlap)).overlap,
    },
    worstKl: Math.max(...kls),
  };
}

function quality(vectors: Vectors, restart: number, sets: AnswerSets, dim: number): Quality {
  const scores = freeScores(vectors, restart, sets, dim);
  const { kl, overlap } = queryMetrics(scores, sets.isTrue, sets.count, sets.keys);
  const mean = (values: Float64Array) =>
    values.reduce((sum, value, set) => sum + value * sets.shares[set], 0);
  return { kl: mean(kl), overlap: mean(overlap) };
}
