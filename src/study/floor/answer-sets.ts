import type { QuerySet } from '../games/query-set.ts';
import { trueKeys } from '../games/true-keys.ts';

/** Distinct answer sets of a game and how often its queries select each. M sets, K keys. */
export interface AnswerSets {
  /** M */
  readonly count: number;
  /** K */
  readonly keys: number;
  /** 1 at the keys of a set. // [M, K] */
  readonly isTrue: Uint8Array;
  /** Share of the queries that select it; they sum to 1. // [M] */
  readonly shares: Float64Array;
}

/** The distinct answers of the queries `from` (included) to `to` (excluded), in order of appearance. */
export function answerSets(queries: QuerySet, keys: number, from: number, to: number): AnswerSets {
  const { maskWords, keyMasks } = queries;
  const all = trueKeys(queries, keys);
  const places = new Map<string, number>();
  const rows: number[] = [];
  const counts: number[] = [];
  for (let row = from; row < Math.min(to, queries.count); row++) {
    const name = keyMasks.subarray(row * maskWords, (row + 1) * maskWords).join();
    const place = places.get(name);
    if (place !== undefined) {
      counts[place]++;
      continue;
    }
    places.set(name, rows.length);
    rows.push(row);
    counts.push(1);
  }
  if (rows.length === 0) throw new RangeError(`there are no queries from row ${from} on`);
  const isTrue = new Uint8Array(rows.length * keys);
  rows.forEach((row, i) => {
    isTrue.set(all.subarray(row * keys, (row + 1) * keys), i * keys);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    count: rows.length,
    keys,
    isTrue,
    shares: Float64Array.from(counts, (count) => count / total),
  };
}

/** Number of keys of each set. // [M] */
export function setSizes({ count, keys, isTrue }: AnswerSets): Uint16Array {
  return Uint16Array.from({ length: count }, (_, set) =>
    isTrue.subarray(set * keys, (set + 1) * keys).reduce((sum, bit) => sum + bit, 0),
  );
}
