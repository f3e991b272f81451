import { stream } from '../../random/streams.ts';
import { BIRTHS } from './birthwt.ts';
import { WORD_PAIRS } from './new-york.ts';
import { PLACE_NAMES } from './place-names.ts';

/** A joint distribution of two discrete variables. */
export interface Joint {
  readonly name: DataSet;
  /** Names of the two variables. */
  readonly x: string;
  readonly y: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** p(x, y), row-major, adding up to 1. // [X, Y] */
  readonly p: Float64Array;
}

/** The data sets that every objective is measured on. */
export const DATA_SETS = ['product', 'dependent', 'dice', 'birthwt'] as const;
export type DataSet = (typeof DATA_SETS)[number] | 'new york' | 'place names';

/** Seed of the two made-up joints: they are the same for every seed of the training. */
const SEED = 1;

/** Values per variable of the two made-up joints. */
const VALUES = 10;
/** Grams per bin of birth weight. */
const BIN = 100;

/**
 * The distribution of a data set.
 *
 * - `product`: p(x) p(y) of two uneven marginals: independent variables, ratio 1 everywhere;
 * - `dependent`: the same two marginals' product times uneven factors, normalised;
 * - `dice`: x the sum, y the larger one of two fair dice;
 * - `birthwt`: x the mother's age in years, y the birth weight in steps of 100 g, as counted among 189 births;
 * - `new york`: x a word, y the next word (`WORD_PAIRS`);
 * - `place names`: the same with names of places (`PLACE_NAMES`).
 */
export function jointOf(name: DataSet): Joint {
  switch (name) {
    case 'product':
      return madeUp(name, () => 1);
    case 'dependent': {
      const random = stream(SEED, 'infonce', 'dependence');
      return madeUp(name, () => Math.exp(random.normal()));
    }
    case 'dice':
      return fromPairs(name, 'sum of two dice', 'larger of the two', dice());
    case 'birthwt': {
      const pairs = BIRTHS.map(([age, grams]) => [age, Math.floor(grams / BIN) * BIN] as const);
      return fromPairs(name, 'age of the mother, years', 'birth weight, g', pairs);
    }
    case 'new york':
      return wordPairs(name, WORD_PAIRS);
    case 'place names':
      return wordPairs(name, PLACE_NAMES);
  }
}

/** Marginals of a joint. // [X], [Y] */
export function marginals({ rows, columns, p }: Joint): {
  readonly px: Float64Array;
  readonly py: Float64Array;
} {
  const px = new Float64Array(rows.length);
  const py = new Float64Array(columns.length);
  for (let i = 0; i < p.length; i++) {
    px[Math.floor(i / columns.length)] += p[i];
    py[i % columns.length] += p[i];
  }
  return { px, py };
}

/** p(x) p(y). // [X, Y] */
export function independent(joint: Joint): Float64Array {
  const { px, py } = marginals(joint);
  return joint.p.map((_, i) => px[Math.floor(i / py.length)] * py[i % py.length]);
}

/** p(x, y) / (p(x) p(y)), whose logarithm is the pointwise mutual information. // [X, Y] */
export function ratio(joint: Joint): Float64Array {
  const product = independent(joint);
  return joint.p.map((p, i) => p / product[i]);
}

/**
 * The connected component of every pair in the graph whose edges are the pairs with p(x, y) > 0,
 * numbered from 0; -1 where p is 0. Normalising over rows and columns compares only pairs of the same
 * component: the scores of each are determined up to a constant of its own. // [X, Y]
 */
export function components({ rows, columns, p }: Joint): Int32Array {
  const parent = Array.from({ length: rows.length + columns.length }, (_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : root(parent[i]));
  p.forEach((share, i) => {
    if (share === 0) return;
    const [x, y] = [Math.floor(i / columns.length), i % columns.length];
    parent[root(x)] = root(rows.length + y);
  });
  const numbers = new Map<number, number>();
  return Int32Array.from(p, (share, i) => {
    if (share === 0) return -1;
    const component = root(Math.floor(i / columns.length));
    const number = numbers.get(component) ?? numbers.size;
    numbers.set(component, number);
    return number;
  });
}

function madeUp(name: DataSet, factor: () => number): Joint {
  const random = stream(SEED, 'infonce', 'marginals');
  const weights = () => Float64Array.from({ length: VALUES }, () => 0.2 + random.float());
  const [a, b] = [weights(), weights()];
  const p = Float64Array.from(
    { length: VALUES ** 2 },
    (_, i) => a[Math.floor(i / VALUES)] * b[i % VALUES] * factor(),
  );
  const labels = Array.from({ length: VALUES }, (_, i) => String(i));
  return {
    name,
    x: 'ten values',
    y: 'ten values',
    rows: labels,
    columns: labels,
    p: normalised(p),
  };
}

/** How often each of the next words follows each of the words. */
interface WordCounts {
  readonly words: readonly string[];
  readonly nextWords: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

function wordPairs(name: DataSet, { words, nextWords, counts: table }: WordCounts): Joint {
  const counts = table.flat();
  const total = counts.reduce((sum, count) => sum + count, 0);
  const p = Float64Array.from(counts, (count) => count / total);
  return { name, x: 'word', y: 'next word', rows: words, columns: nextWords, p };
}

function dice(): readonly (readonly [number, number])[] {
  const faces = [1, 2, 3, 4, 5, 6];
  return faces.flatMap((a) => faces.map((b) => [a + b, Math.max(a, b)] as const));
}

function fromPairs(
  name: DataSet,
  x: string,
  y: string,
  pairs: readonly (readonly [number, number])[],
): Joint {
  const valuesOf = (side: 0 | 1) =>
    [...new Set(pairs.map((pair) => pair[side]))].sort((a, b) => a - b);
  const [rows, columns] = [valuesOf(0), valuesOf(1)];
  const p = new Float64Array(rows.length * columns.length);
  for (const [a, b] of pairs) {
    p[rows.indexOf(a) * columns.length + columns.indexOf(b)] += 1 / pairs.length;
  }
  return { name, x, y, rows: rows.map(String), columns: columns.map(String), p };
}

/** The table scaled to add up to 1. */
export function normalised(table: Float64Array): Float64Array {
  const sum = table.reduce((a, b) => a + b, 0);
  return table.map((value) => value / sum);
}
