import { klDivergence } from '../../study/metrics/kl.ts';
import { topKOverlap } from '../../study/metrics/overlap.ts';
import type { DistinctQueries } from './queries.ts';

/** How well scores separate each query's keys from all other keys. */
export interface Accuracy {
  /** Share of queries whose keys all score above all other keys. */
  readonly accuracy: number;
  /** Mean share of a query's K keys among its K best. */
  readonly overlap: number;
  /** Mean KL(uniform over the query's keys || softmax of its scores), nats. */
  readonly kl: number;
}

/** @param scores of every query and key // [Q, keys] */
export function accuracyOf(
  { count, matching, matrix }: DistinctQueries,
  keys: number,
  scores: Float32Array | Float64Array,
): Accuracy {
  let exact = 0;
  let overlap = 0;
  let kl = 0;
  for (let query = 0; query < count; query++) {
    const row = scores.subarray(query * keys, (query + 1) * keys);
    const isTrue = matrix.subarray(query * keys, (query + 1) * keys);
    const highestFalse = Math.max(...Array.from(row).filter((_, key) => isTrue[key] === 0));
    if (matching[query].every((key) => row[key] > highestFalse)) exact++;
    overlap += topKOverlap(row, isTrue);
    kl += klDivergence(row, isTrue);
  }
  return { accuracy: exact / count, overlap: overlap / count, kl: kl / count };
}
