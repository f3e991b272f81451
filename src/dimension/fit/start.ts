import { stream } from '../../random/streams.ts';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import type { Vectors } from './descent.ts';

/** One restart: a dimension, and a seed of its own. */
export interface Restart {
  readonly d: number;
  readonly seed: number;
}

/**
 * Where restarts begin: items normal with mean square length √d, so that scores begin at the order of
 * 1 whatever d is; queries as in `startingQueries`. A restart of fewer dimensions than the widest has
 * zeros for the rest.
 */
export function startingVectors(judgements: Judgements, restarts: readonly Restart[]): Vectors {
  const { items: N } = judgements;
  const width = Math.max(...restarts.map(({ d }) => d));
  const items = new Float32Array(restarts.length * N * width);
  restarts.forEach(({ d, seed }, r) => {
    const random = stream(seed, 'free-vectors', d);
    const scale = d ** -0.25;
    for (let item = 0; item < N; item++) {
      const base = (r * N + item) * width;
      for (let i = 0; i < d; i++) items[base + i] = scale * random.normal();
    }
  });
  return { width, items, queries: startingQueries(judgements, items, width) };
}

/** For items of one or more restarts: the mean of a query's items minus the mean of all. // [R, Q, D] */
export function startingQueries(
  judgements: Judgements,
  items: Float32Array,
  width: number,
): Float32Array {
  const { items: N } = judgements;
  const count = queryCount(judgements);
  const restarts = items.length / (N * width);
  const queries = new Float32Array(restarts * count * width);
  for (let r = 0; r < restarts; r++) {
    const mean = new Float64Array(width);
    for (let item = 0; item < N; item++) {
      for (let i = 0; i < width; i++) mean[i] += items[(r * N + item) * width + i] / N;
    }
    for (let query = 0; query < count; query++) {
      const members = membersOf(judgements, query);
      const base = (r * count + query) * width;
      for (const item of members) {
        for (let i = 0; i < width; i++) {
          queries[base + i] += items[(r * N + item) * width + i] / members.length;
        }
      }
      for (let i = 0; i < width; i++) queries[base + i] -= mean[i];
    }
  }
  return queries;
}
