import type { Deck } from '../../study/deck/deck.ts';
import { matchingKeys, pairMatrix } from '../pair-matrix.ts';

/** The distinct queries of the shared-attribute game that match at least one key. */
export interface DistinctQueries {
  /** Q */
  readonly count: number;
  /** The keys of each query, ascending. // [Q] */
  readonly matching: readonly (readonly number[])[];
  /** 1 where the key matches. // [Q, keys] */
  readonly matrix: Float32Array;
}

/** Queries that match the same keys count once: they can share a vector. */
export function distinctQueries(deck: Deck): DistinctQueries {
  const rows = pairMatrix('shared', deck)
    .cards.map((card) => matchingKeys('shared', deck, card))
    .filter((row) => row.includes(1));
  const matrix = new Float32Array(rows.length * deck.keys);
  rows.forEach((row, i) => {
    matrix.set(row, i * deck.keys);
  });
  const matching = rows.map((row) => [...row.keys()].filter((key) => row[key] === 1));
  return { count: rows.length, matching, matrix };
}
