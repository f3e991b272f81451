import { logSumExp } from './softmax.ts';

/** One test query, and how a model's prediction is spread over the keys of the deck. */
export interface Example {
  /** Row of the query in the table of test queries. */
  readonly query: number;
  readonly trueKeys: number;
  /** 1 at the true keys. // [K] */
  readonly isTrue: Uint8Array;
  /** Softmax of the scores. // [K] */
  readonly mass: Float32Array;
}

/**
 * For every number of true keys, in rising order, the first query with that many. Which queries
 * these are does not depend on the model, so that models can be compared.
 */
export function exampleQueries(
  scores: Float32Array,
  isTrue: Uint8Array,
  trueKeys: Uint16Array,
  keys: number,
): readonly Example[] {
  const first = new Map<number, number>();
  trueKeys.forEach((size, query) => {
    if (!first.has(size)) first.set(size, query);
  });
  const bySize = [...first].sort(([a], [b]) => a - b);
  return bySize.map(([size, query]) => {
    const row = scores.subarray(query * keys, (query + 1) * keys);
    const normaliser = logSumExp(row);
    return {
      query,
      trueKeys: size,
      isTrue: isTrue.slice(query * keys, (query + 1) * keys),
      mass: row.map((score) => Math.exp(score - normaliser)),
    };
  });
}
