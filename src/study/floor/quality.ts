import { accuracyOf } from '../metrics/accuracy.ts';
import type { AnswerSets } from './answer-sets.ts';
import { freeScores, type Vectors } from './free-vectors.ts';

/** Mean KL (nats) and Top-K overlap over the queries that select some answer sets. */
export interface Quality {
  readonly kl: number;
  readonly overlap: number;
}

/** How well the vectors of one restart do. */
export function qualityOf(
  vectors: Vectors,
  restart: number,
  sets: AnswerSets,
  dim: number,
): Quality {
  const scores = freeScores(vectors, restart, sets, dim);
  const { kl, overlap } = accuracyOf(scores, sets.isTrue, sets.count, sets.keys);
  const mean = (values: Float64Array) =>
    values.reduce((sum, value, set) => sum + value * sets.shares[set], 0);
  return { kl: mean(kl), overlap: mean(overlap) };
}

/** How well the vectors of every restart do. */
export function qualities(vectors: Vectors, sets: AnswerSets, dim: number): readonly Quality[] {
  return Array.from({ length: vectors.keys.length / (sets.keys * dim) }, (_, restart) =>
    qualityOf(vectors, restart, sets, dim),
  );
}
