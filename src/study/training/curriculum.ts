import { stream } from '../../random/streams.ts';

/** A part of a training with at most `pairs` pairs per query. */
interface Lesson {
  readonly pairs: number;
  /** Share of the training's steps. */
  readonly share: number;
}

/**
 * Number of pairs per query over a training: lessons one after the other, then the full number to
 * the end. In a lesson some batches review shorter queries.
 */
export interface Curriculum {
  readonly lessons: readonly Lesson[];
  /** Share of a lesson's batches that have fewer pairs than the lesson. */
  readonly review: number;
}

/** Steps in a row with the same number of pairs: each number has its own compiled step. */
const BLOCK = 10;

/**
 * Number of pairs of a step's queries, a function of seed and step alone, so that a resumed
 * training continues the same curriculum.
 *
 * @param step counted from 0
 */
export function pairsAt(
  { lessons, review }: Curriculum,
  fullPairs: number,
  steps: number,
  step: number,
  seed: number,
): number {
  let end = 0;
  for (const { pairs, share } of lessons) {
    end += share * steps;
    if (step >= end) continue;
    const most = Math.min(pairs, fullPairs);
    const random = stream(seed, 'curriculum', Math.floor(step / BLOCK));
    if (most === 1 || random.float() >= review) return most;
    return 1 + random.below(most - 1);
  }
  return fullPairs;
}
