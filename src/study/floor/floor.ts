import type { Deck } from '../deck/deck.ts';
import type { AnswerSets } from './answer-sets.ts';
import {
  optimise,
  type Search,
  startingQueries,
  startingVectors,
  type Vectors,
} from './free-vectors.ts';
import { type Quality, qualityOf } from './quality.ts';

/** The best that vectors of d numbers were found to reach, for KL and overlap each with its own vectors. */
export interface Floor {
  /** On the answer sets that keys and queries were optimised on; more sets could only worsen it. */
  readonly fitted: Quality;
  /** On other answer sets of the game, with these keys and the best queries for them. */
  readonly heldOut: Quality;
  /** Fitted KL of the worst restart: how much the start matters. */
  readonly worstKl: number;
}

/** Steps of a search for overlap, as a share of those for KL. */
const OVERLAP_STEPS = 0.5;
/** Learning rate when keys move to improve the count, as a share of that for KL. */
const COUNT_RATE = 0.3;

/**
 * Optimises keys and queries freely on `fit`, keeps the best restart, then queries alone on
 * `heldOut`. A search, not a proof: the true optimum on `fit` is at most what is found.
 *
 * KL has one search, overlap the best of several (`searchAll`).
 */
export async function findFloor(
  fit: AnswerSets,
  heldOut: AnswerSets,
  deck: Deck,
  dim: number,
  search: Search,
): Promise<Floor> {
  const fitted = await searchAll(fit, dim, startingVectors(fit, deck, dim, search), search, false);
  const candidates = fitted.map((vectors) =>
    Array.from({ length: search.restarts }, (_, r) => ({
      ...qualityOf(vectors, r, fit, dim),
      keys: keysOf(vectors, r, fit.keys * dim),
    })),
  );
  const [forKl] = candidates;
  const bestKl = forKl.reduce((best, one) => (one.kl < best.kl ? one : best));
  const bestOverlap = candidates
    .flat()
    .reduce((best, one) => (one.overlap > best.overlap ? one : best));
  const reach = async (keys: Float32Array) => {
    const start = { keys, queries: startingQueries(heldOut, dim, keys) };
    const reached = await searchAll(heldOut, dim, start, search, true);
    return reached.map((vectors) => qualityOf(vectors, 0, heldOut, dim));
  };
  const [withKl] = await reach(bestKl.keys);
  const withOverlap = await reach(bestOverlap.keys);
  return {
    fitted: { kl: bestKl.kl, overlap: bestOverlap.overlap },
    heldOut: { kl: withKl.kl, overlap: Math.max(...withOverlap.map(({ overlap }) => overlap)) },
    worstKl: Math.max(...forKl.map(({ kl }) => kl)),
  };
}

/**
 * The vectors found for KL, then candidates for the best overlap. Where most sets can be separated,
 * optimising a margin and then the count is best; where few can, the count from keys as spread out
 * as they started, since keys with the best KL have clustered.
 */
async function searchAll(
  sets: AnswerSets,
  dim: number,
  start: Vectors,
  search: Search,
  fixedKeys: boolean,
): Promise<readonly Vectors[]> {
  const forKl = await optimise(sets, dim, 'kl', start, search, fixedKeys);
  const shorter = { ...search, steps: Math.ceil(search.steps * OVERLAP_STEPS) };
  const careful = { ...shorter, learningRate: search.learningRate * COUNT_RATE };
  const asStarted = fixedKeys ? forKl : await optimise(sets, dim, 'kl', start, shorter, true);
  const counted = await optimise(sets, dim, 'count', asStarted, careful, fixedKeys);
  const separated = await optimise(sets, dim, 'margin', start, shorter, fixedKeys);
  const recounted = await optimise(sets, dim, 'count', separated, shorter, true);
  return [forKl, counted, separated, recounted];
}

function keysOf({ keys }: Vectors, restart: number, size: number): Float32Array {
  return keys.slice(restart * size, (restart + 1) * size);
}
