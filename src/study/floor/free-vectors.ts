import type { Scalar, Tensor3D } from '@tensorflow/tfjs';
import { adam, compile, type NamedTensors, tf, valueAndGradients } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { type Deck, keyAttributes } from '../deck/deck.ts';
import { type AnswerSets, setSizes } from './answer-sets.ts';

// Key and query vectors that are optimised directly, without an encoder (Weller et al., arXiv
// 2508.21038): the best that the dot product of d numbers can do.
//
// R restarts, M answer sets, K keys, d numbers per vector.

/**
 * What the vectors are optimised for: KL, which is row cross-entropy; symmetric `infonce`; a `margin` between every true and every false key; or the
 * `count` of keys on the right side of a threshold.
 */
export type Aim = 'kl' | 'infonce' | 'margin' | 'count';

export interface Search {
  /** R: independent starts, optimised side by side. */
  readonly restarts: number;
  readonly steps: number;
  /** Of Adam, falling along half a cosine. */
  readonly learningRate: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number) => void;
}

/** Vectors of all restarts. */
export interface Vectors {
  /** // [R, K, d] */
  readonly keys: Float32Array;
  /** // [R, M, d] */
  readonly queries: Float32Array;
}

/**
 * Keys of the restarts: even ones are unrelated (standard normal), odd ones structured like the deck,
 * the sum of one normal vector per attribute value plus noise. Queries as in `startingQueries`.
 */
export function startingVectors(
  sets: AnswerSets,
  deck: Deck,
  dim: number,
  { restarts, seed }: Search,
): Vectors {
  const keys = new Float32Array(restarts * sets.keys * dim);
  for (let r = 0; r < restarts; r++) {
    const random = stream(seed, 'floor', dim, r);
    const normal = () => random.normal();
    const own = keys.subarray(r * sets.keys * dim, (r + 1) * sets.keys * dim);
    const share = r % 2 === 0 ? 1 : OWN_SHARE;
    for (let i = 0; i < own.length; i++) own[i] = share * normal();
    if (r % 2 === 1) addAttributes(own, deck, dim, normal);
  }
  return { keys, queries: startingQueries(sets, dim, keys) };
}

/** Standard deviation of a structured key's noise. */
const OWN_SHARE = 0.3;

function addAttributes(keys: Float32Array, deck: Deck, dim: number, normal: () => number): void {
  const { attributes, values } = deck;
  const table = Float64Array.from({ length: attributes * values * dim }, normal);
  for (let key = 0; key < deck.keys; key++) {
    keyAttributes(deck, key).forEach((value, attribute) => {
      for (let i = 0; i < dim; i++) {
        const part = table[(attribute * values + value) * dim + i];
        keys[key * dim + i] += part / Math.sqrt(attributes);
      }
    });
  }
}

/** For keys of one or more restarts: the mean of a set's keys minus the mean of all. // [R, M, d] */
export function startingQueries(sets: AnswerSets, dim: number, keys: Float32Array): Float32Array {
  const { count: M, keys: K, isTrue } = sets;
  const sizes = setSizes(sets);
  const restarts = keys.length / (K * dim);
  const queries = new Float32Array(restarts * M * dim);
  for (let r = 0; r < restarts; r++) {
    for (let set = 0; set < M; set++) {
      for (let k = 0; k < K; k++) {
        const weight = isTrue[set * K + k] / sizes[set] - 1 / K;
        for (let i = 0; i < dim; i++) {
          queries[(r * M + set) * dim + i] += weight * keys[(r * K + k) * dim + i];
        }
      }
    }
  }
  return queries;
}

/**
 * Moves the vectors of all restarts downhill; `fixedKeys` moves the queries alone, which for `kl` is
 * a convex problem.
 */
export async function optimise(
  sets: AnswerSets,
  dim: number,
  aim: Aim,
  start: Vectors,
  search: Search,
  fixedKeys = false,
): Promise<Vectors> {
  const { count: M, keys: K } = sets;
  const { steps, learningRate, signal, onStep } = search;
  const R = start.keys.length / (K * dim);
  const specs = {
    keys: { shape: [R, K, dim], dtype: 'float32', values: start.keys },
    queries: { shape: [R, M, dim], dtype: 'float32', values: start.queries },
  } as const;
  const sizes = setSizes(sets);
  const truth = Float32Array.from(sets.isTrue);
  const targets = truth.map((bit, i) => bit / sizes[Math.floor(i / K)]);
  const optimizer = adam({ beta1: 0.9, beta2: 0.99 });
  const thresholds = {
    shape: [R, M, 1],
    dtype: 'float32',
    values: startingThresholds(start, sets, dim),
  } as const;
  const moved = {
    ...(fixedKeys ? { queries: specs.queries } : specs),
    ...(aim === 'count' ? { thresholds } : {}),
  };
  const program = await compile({
    inputs: { rate: { shape: [], dtype: 'float32' } },
    state: {
      ...specs,
      ...moved,
      // Constants of the problem: state that no step changes.
      // 1 at false keys, -1 at true ones.
      signs: { shape: [M, K], dtype: 'float32', values: truth.map((bit) => 1 - 2 * bit) },
      errorShares: {
        shape: [M, K],
        dtype: 'float32',
        values: truth.map((_, i) => 0.5 / sizes[Math.floor(i / K)]),
      },
      targets: { shape: [M, K], dtype: 'float32', values: targets },
      shares: { shape: [M], dtype: 'float32', values: Float32Array.from(sets.shares) },
      ...optimizer.initialState(moved),
    },
    step: ({ rate }, state) => {
      const own = Object.fromEntries(Object.keys(moved).map((name) => [name, state[name]]));
      const { gradients } = valueAndGradients((p) => loss(aim, { ...state, ...p }), own);
      const next = optimizer.update({ parameters: own, gradients, state, learningRate: rate });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      await program.run({ rate: Float32Array.of(rate) });
      onStep?.(step + 1);
    }
    const { keys, queries } = await program.readState();
    return { keys: keys as Float32Array, queries: queries as Float32Array };
  } finally {
    await program.dispose();
  }
}

/**
 * Summed over the restarts, which share nothing, the mean over the queries of
 *   kl       log sum_k exp s_k - 1/n sum_{k true} s_k         (KL up to the constant log n)
 *   infonce  half of log sum_k n_k exp s_k, and of sum_k n_k log of the same sum over the queries, less
 *            1/n sum_{k true} s_k: symmetric InfoNCE, where n_k is the share of key k among the answers
 *   margin   log(1 + sum_{k false} exp s_k sum_{k true} exp -s_k), which is 0 in the limit if and
 *            only if every true key can score above every false one
 *   count    1/2n [ sum_{k false} sigmoid(s_k - b) + sum_{k true} sigmoid(b - s_k) ], a smooth count
 *            of the keys on the wrong side of a threshold b of the query's own; with b between the
 *            n-th and the next score and large scores it is 1 - overlap
 */
function loss(aim: Aim, p: NamedTensors) {
  const s = tf.matMul(p.queries as Tensor3D, p.keys as Tensor3D, false, true); // [R, M, K]
  if (aim === 'kl') {
    const normalisers = tf.logSumExp(s, 2); // [R, M]
    const trueScores = tf.sum(tf.mul(s, p.targets), 2); // [R, M]
    return tf.sum(tf.mul(tf.sub(normalisers, trueScores), p.shares));
  }
  if (aim === 'infonce') {
    const priors = tf.sum(tf.mul(p.targets, tf.expandDims(p.shares, 1)), 0); // n_k [K]
    const rows = tf.sum(tf.mul(tf.logSumExp(tf.add(s, tf.log(priors)), 2), p.shares));
    const byKey = tf.logSumExp(tf.add(s, tf.expandDims(tf.log(p.shares), 1)), 1); // [R, K]
    const columns = tf.sum(tf.mul(byKey, priors));
    const trueScores = tf.sum(tf.mul(tf.sum(tf.mul(s, p.targets), 2), p.shares));
    return tf.sub(tf.div(tf.add(rows, columns), 2), trueScores) as Scalar;
  }
  if (aim === 'margin') {
    const isFalse = tf.relu(p.signs); // [M, K]
    const highestFalse = tf.logSumExp(tf.add(s, tf.mul(tf.sub(1, isFalse), UNSEEN)), 2); // [R, M]
    const lowestTrue = tf.logSumExp(tf.sub(tf.mul(isFalse, UNSEEN), s), 2); // [R, M]
    return tf.sum(tf.mul(tf.softplus(tf.add(highestFalse, lowestTrue)), p.shares));
  }
  const wrongSide = tf.mul(tf.sub(s, p.thresholds), p.signs); // [R, M, K]
  const errors = tf.sum(tf.mul(tf.sigmoid(wrongSide), p.errorShares), 2); // [R, M]
  return tf.sum(tf.mul(errors, p.shares));
}

/** Added to a score, it takes the score out of a maximum. */
const UNSEEN = -1e9;

/** Halfway between the n-th score and the next, for every restart and set. // [R, M] */
function startingThresholds(vectors: Vectors, sets: AnswerSets, dim: number): Float32Array {
  const { count: M, keys: K } = sets;
  const sizes = setSizes(sets);
  const restarts = vectors.keys.length / (K * dim);
  const thresholds = new Float32Array(restarts * M);
  for (let r = 0; r < restarts; r++) {
    const scores = freeScores(vectors, r, sets, dim);
    for (let set = 0; set < M; set++) {
      const sorted = scores.slice(set * K, (set + 1) * K).sort();
      const lowestIn = sorted[K - sizes[set]];
      const highestOut = sizes[set] < K ? sorted[K - sizes[set] - 1] : lowestIn - 1;
      thresholds[r * M + set] = (lowestIn + highestOut) / 2;
    }
  }
  return thresholds;
}

/** Scores of one restart's vectors. // [M, K] */
export function freeScores(
  { keys, queries }: Vectors,
  restart: number,
  sets: AnswerSets,
  dim: number,
): Float32Array {
  const { count: M, keys: K } = sets;
  const scores = new Float32Array(M * K);
  for (let set = 0; set < M; set++) {
    const q = queries.subarray((restart * M + set) * dim, (restart * M + set + 1) * dim);
    for (let k = 0; k < K; k++) {
      const key = keys.subarray((restart * K + k) * dim, (restart * K + k + 1) * dim);
      let score = 0;
      for (let i = 0; i < dim; i++) score += q[i] * key[i];
      scores[set * K + k] = score;
    }
  }
  return scores;
}
