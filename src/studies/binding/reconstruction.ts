import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { stream } from '../../random/streams.ts';
import type { ReconstructionRow } from './tables.ts';
import type { Vector } from './tensor-product.ts';
import { signs } from './trees.ts';

/** Codes of all pairs (a, b) of k primitives. */
const ENCODERS = ['bag', 'bound', 'random'] as const;

interface ReconstructionSettings {
  /** k */
  readonly primitives: number;
  /** n, numbers per code. */
  readonly numbers: number;
  /** Free vectors of the compositions that are left open, of the pairs that they are fitted to. */
  readonly freedoms: readonly number[];
  /** Share of the pairs that nothing is fitted to. */
  readonly heldOut: number;
  readonly seed: number;
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

/**
 * Andreas's tree reconstruction error (arXiv 1902.07181): how far codes of derivations are from what
 * free vectors of the parts give when they are composed. Here Σ |f - f̂|² / Σ |f - mean|², on the pairs that
 * the vectors are fitted to and on others, for three encoders of pairs:
 *
 *   bag      a + b: which came first is lost
 *   bound    a ⊙ left + b ⊙ right: everything is kept
 *   random   a vector for each pair, that of no part
 *
 * and compositions of two kinds: the sum of two vectors, one per part (`addition`) or per part and place
 * (`addition by place`); and, left open, any linear map of so many features of the pair as a whole.
 */
export function reconstructionErrors(
  settings: ReconstructionSettings,
): readonly ReconstructionRow[] {
  const { primitives: k, freedoms, heldOut, seed } = settings;
  const pairs = Array.from({ length: k * k }, (_, i): Pair => ({ a: Math.floor(i / k), b: i % k }));
  stream(seed, 'binding', 'held-out').shuffle(pairs);
  const kept = pairs.length - Math.round(heldOut * pairs.length);
  return ENCODERS.flatMap((encoder) => {
    const codes = encode(encoder, pairs, settings);
    const distinct = distinctShare(codes);
    const measure = (composition: string, features: readonly Vector[]): ReconstructionRow => {
      const [error, unseen] = errorsOf(features, codes, kept);
      const numbers = features[0].length;
      return { encoder, composition, free: numbers / kept, error, unseen, distinct };
    };
    return [
      measure(
        'addition',
        pairs.map(({ a, b }) => counts(k, [a, b])),
      ),
      measure(
        'addition by place',
        pairs.map(({ a, b }) => counts(2 * k, [a, k + b])),
      ),
      ...freedoms.map((share) =>
        measure('open', openFeatures(pairs, Math.max(1, Math.round(share * kept)), settings)),
      ),
    ];
  });
}

function encode(
  encoder: (typeof ENCODERS)[number],
  pairs: readonly Pair[],
  { primitives, numbers, seed }: ReconstructionSettings,
): readonly Vector[] {
  const random = stream(seed, 'binding', 'codes');
  const parts = Array.from({ length: primitives }, () => signs(numbers, random));
  const [left, right] = [signs(numbers, random), signs(numbers, random)];
  return pairs.map(({ a, b }) => {
    const [x, y] = [parts[a], parts[b]];
    if (encoder === 'random') return signs(numbers, random);
    if (encoder === 'bag') return x.map((value, i) => value + y[i]);
    return x.map((value, i) => value * left[i] + y[i] * right[i]);
  });
}

/** Share of the codes that only one pair has. */
function distinctShare(codes: readonly Vector[]): number {
  const keys = codes.map((code) => code.join());
  const times = new Map<string, number>();
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  return keys.filter((key) => times.get(key) === 1).length / keys.length;
}

/** How often each of n things is among some. // [n] */
function counts(n: number, things: readonly number[]): Vector {
  const row = new Float64Array(n);
  for (const thing of things) row[thing]++;
  return row;
}

/** Numbers of a pair that say nothing of its parts: a random function of the whole. */
function openFeatures(
  pairs: readonly Pair[],
  count: number,
  { seed }: ReconstructionSettings,
): readonly Vector[] {
  return pairs.map(({ a, b }) => {
    const random = stream(seed, 'binding', 'open', a, b);
    return Float64Array.from({ length: count }, () => random.normal());
  });
}

/** Errors of the best linear map from features to codes on the first `kept` pairs: there, and on the others. */
function errorsOf(
  features: readonly Vector[],
  codes: readonly Vector[],
  kept: number,
): readonly [number, number] {
  const rows = (values: readonly Vector[]) => new Matrix(values.map((value) => [...value]));
  const mean = codes[0].map(
    (_, i) => codes.slice(0, kept).reduce((sum, code) => sum + code[i], 0) / kept,
  );
  const centred = codes.map((code) => code.map((x, i) => x - mean[i]));
  const withOne = features.map((feature) => Float64Array.of(...feature, 1));
  const map = pseudoInverse(rows(withOne.slice(0, kept))).mmul(rows(centred.slice(0, kept)));
  const guesses = rows(withOne).mmul(map);
  const share = (from: number, to: number) => {
    let [missed, all] = [0, 0];
    for (let row = from; row < to; row++) {
      centred[row].forEach((x, i) => {
        missed += (x - guesses.get(row, i)) ** 2;
        all += x ** 2;
      });
    }
    return missed / all;
  };
  return [share(0, kept), share(kept, codes.length)];
}

function pseudoInverse(matrix: Matrix): Matrix {
  const svd = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const { leftSingularVectors: u, rightSingularVectors: v, diagonal } = svd;
  const least = 1e-9 * Math.max(...diagonal);
  const scaled = v.clone();
  diagonal.forEach((s, column) => {
    for (let row = 0; row < scaled.rows; row++) {
      scaled.set(row, column, s > least ? scaled.get(row, column) / s : 0);
    }
  });
  return scaled.mmul(u.transpose());
}
