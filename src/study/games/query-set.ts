/** The five games, in order of difficulty (number of distinct key subsets their queries can select). */
export const GAMES = ['set', 'star', 'union', 'symdiff', 'shatter'] as const;
export type Game = (typeof GAMES)[number];

/**
 * Queries of one game and their answers, column by column, `count` rows each.
 * A query with fewer pairs than the game allows keeps its pairs at their slots of the full layout,
 * with `pad` tokens in the empty slots, so that every row has the same length.
 */
export interface QuerySet {
  readonly game: Game;
  readonly count: number;
  /** T: tokens per query. */
  readonly sequenceLength: number;
  /** Token ids, row-major. // [count, T] */
  readonly tokens: Uint16Array;
  /** W = ceil(keys / 32): words per key mask. */
  readonly maskWords: number;
  /** Bit k % 32 of word floor(k / 32) is set if key k matches. // [count, W] */
  readonly keyMasks: Uint32Array;
  /** One matching key per query, drawn uniformly from its matching keys. // [count] */
  readonly keys: Uint16Array;
  /** Pairs joined in the query (members listed, for `shatter`). // [count] */
  readonly pairs: Uint8Array;
}
