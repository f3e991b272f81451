import { type Deck, deckOf } from '../deck/deck.ts';
import { subcubes } from '../deck/subcubes.ts';
import type { Game } from './query-set.ts';
import { type Level, type Operators, reachableSubsets } from './reachable-subsets.ts';
import { MOST_KEYS_COUNTED } from './subset-orbits.ts';

/** How many distinct key subsets the queries of a game select; a row of the table subset-counts. */
export interface SubsetCount {
  /** Number of keys. */
  readonly deck: number;
  readonly game: Game;
  /** Operators that join the pairs, each chosen freely; null where there are none. */
  readonly operators: Operators | null;
  /** Pairs joined; null for a list of keys. */
  readonly pairs: number | null;
  /** The empty subset included if it is reached; null beyond 2^53. */
  readonly subsets: number | null;
  readonly nonEmptySubsets: number | null;
  readonly log2Subsets: number;
  readonly method: string;
}

/** A level of the search, without its subsets. */
export type LevelCount = Omit<Level, 'has'>;
type CountedLevel = Omit<LevelCount, 'fresh'> & { readonly method: string };

export const EXACT = 'exact';
export const SLICES = 'lower bound: pairs within one value of the first attribute';

/** Called with every level while `level.has` still answers. */
type Inspect = (deck: Deck, operators: Operators, level: Level) => void;

/** Counts subsets of decks of 3, 9, 27 and 81 keys; counts that two decks share are made once. */
export class SubsetCounter {
  readonly #depth: number;
  readonly #inspect: Inspect;
  readonly #levels = new Map<string, readonly LevelCount[]>();

  /** Counts up to `depth` pairs. */
  constructor(depth: number, inspect: Inspect = () => {}) {
    this.#depth = depth;
    this.#inspect = inspect;
  }

  /** One row per game, choice of operators and number of pairs up to `maxPairs`. */
  count(deck: Deck, maxPairs: number): readonly SubsetCount[] {
    const joined = (game: 'union' | 'symdiff', operators: Operators) =>
      this.levels(deck, operators)
        .slice(0, maxPairs)
        .map(({ method, pairs, subsets, empty }) =>
          row(deck, game, operators, pairs, subsets, empty, method),
        );
    return [
      row(deck, 'set', null, 1, deck.keys, false, EXACT),
      row(deck, 'star', null, 1, deck.cards, false, EXACT),
      ...joined('union', 'union'),
      ...joined('symdiff', 'symdiff'),
      ...joined('symdiff', 'both'),
      row(deck, 'shatter', null, null, 2 ** deck.keys - 1, false, EXACT),
    ];
  }

  /** Levels 1, 2, ... of a deck. */
  levels(deck: Deck, operators: Operators): readonly CountedLevel[] {
    if (deck.keys <= MOST_KEYS_COUNTED) {
      return this.#exact(deck, operators).map((level) => ({ ...level, method: EXACT }));
    }
    const slice = deckOf(deck.keys / deck.values, deck.values);
    const bounds = boundBySlices(this.#exact(slice, operators), operators);
    return bounds.map((bound) =>
      bound.pairs <= 2 ? exactByQueries(deck, operators, bound.pairs) : bound,
    );
  }

  #exact(deck: Deck, operators: Operators): readonly LevelCount[] {
    const name = `${deck.keys} ${operators}`;
    const counted = this.#levels.get(name);
    if (counted !== undefined) return counted;
    const levels: LevelCount[] = [];
    for (const level of reachableSubsets(deck, operators, this.#depth)) {
      this.#inspect(deck, operators, level);
      const { pairs, subsets, empty, fresh } = level;
      levels.push({ pairs, subsets, empty, fresh });
    }
    this.#levels.set(name, levels);
    return levels;
  }
}

/**
 * A lower bound for a deck of three times the keys. Let every pair have one value of the first
 * attribute, without wildcard: it then selects keys of that slice only, any subcube of it. Subsets
 * that differ in a slice differ, so all triples (S1, S2, S3) of subsets of a slice with
 * m(S1) + m(S2) + m(S3) <= N count, where m is the smallest number of pairs that reaches a subset,
 * 0 for the empty one. Spare pairs select a key again (union), or cancel in twos (symdiff alone,
 * where the sum must have the parity of N). The sum is read off the powers of
 * (sum over n of fresh_n x^n)^3.
 */
export function boundBySlices(
  slice: readonly LevelCount[],
  operators: Operators,
): readonly CountedLevel[] {
  const fresh = [1, ...slice.map((level) => level.fresh)];
  const product = (a: readonly number[], b: readonly number[]) =>
    fresh.map((_, n) => a.slice(0, n + 1).reduce((sum, x, i) => sum + x * b[n - i], 0));
  const triples = product(fresh, product(fresh, fresh));
  return slice.map(({ pairs }) => {
    const fits = (n: number) => n <= pairs && (operators !== 'symdiff' || (pairs - n) % 2 === 0);
    // The empty triple: no union reaches it, two equal pairs under symmetric difference do.
    const empty = operators === 'symdiff' ? pairs % 2 === 0 : operators === 'both' && pairs >= 2;
    const nonEmpty = triples.reduce((sum, count, n) => (n > 0 && fits(n) ? sum + count : sum), 0);
    return { pairs, subsets: nonEmpty + (empty ? 1 : 0), empty, method: SLICES };
  });
}

/** Counts the subsets that one or two pairs select by trying them all. */
function exactByQueries(deck: Deck, operators: Operators, pairs: number): CountedLevel {
  const { maskWords } = deck;
  const masks = subcubes(deck);
  const cubes = Array.from({ length: deck.cards }, (_, card) =>
    masks
      .subarray(card * maskWords, (card + 1) * maskWords)
      .reduce((bits, word, w) => bits | (BigInt(word) << BigInt(32 * w)), 0n),
  );
  const reached = new Set(pairs === 1 ? cubes : []);
  for (const first of pairs === 1 ? [] : cubes) {
    for (const second of cubes) {
      if (operators !== 'symdiff') reached.add(first | second);
      if (operators !== 'union') reached.add(first ^ second);
    }
  }
  return { pairs, subsets: reached.size, empty: reached.has(0n), method: EXACT };
}

function row(
  deck: Deck,
  game: Game,
  operators: Operators | null,
  pairs: number | null,
  subsets: number,
  empty: boolean,
  method: string,
): SubsetCount {
  const exactNumber = subsets <= 2 ** 53;
  return {
    deck: deck.keys,
    game,
    operators,
    pairs,
    subsets: exactNumber ? subsets : null,
    nonEmptySubsets: exactNumber ? subsets - (empty ? 1 : 0) : null,
    log2Subsets: Math.log2(subsets),
    method,
  };
}

/** The operators that a game's queries are drawn with. */
export function operatorsOf(game: 'union' | 'symdiff'): Operators {
  return game === 'union' ? 'union' : 'both';
}
