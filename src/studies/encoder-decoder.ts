// The encoder-decoder transformer of Vaswani et al. (arXiv 1706.03762) in its small form: post-norm,
// sinusoidal positions, one table for source tokens, target tokens and the output layer (section 3.4).
//
// B examples, S source and T target tokens, w numbers per token, H heads of h = w / H, V tokens.
import type { Scalar, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../engine/index.ts';
import { attention } from '../study/models/attention.ts';
import { linear, linearParameters } from '../study/models/linear.ts';
import { normalise } from '../study/models/norm.ts';
import type { ParameterSpecs } from '../study/models/parameters.ts';
import { PAD, type SequenceShape } from './token-rows.ts';

export interface SequenceModel {
  readonly shape: SequenceShape;
  readonly layers: number;
  readonly heads: number;
  /** w */
  readonly width: number;
  readonly feedForward: number;
  /** Variance of the initial token vectors. */
  readonly embedding: '1/width' | '1';
  /** Whether attention's query and key matrices start equal, so that similar tokens attend to each other. */
  readonly sameQueryKey: boolean;
  /**
   * Sinusoids, of variance 1/2; or learnt vectors for every place, which start with the variance of the words
   * (1, after their factor of √w) or half of it.
   */
  readonly positions: (typeof POSITIONS)[number];
  /** Whether one table is that of source tokens, of target tokens and of the output layer. */
  readonly tied: boolean;
  /** Whether the last matrix of every branch starts at zero, so that blocks start as the identity (Fixup). */
  readonly zeroOutput: boolean;
  /**
   * Whether what a head reads is bound to a role, a learnt linear map of the vector that reads, by their
   * product number by number: the TP-Transformer (Schlag et al. 2019, arXiv 1910.06611).
   */
  readonly roles: boolean;
}

export const POSITIONS = ['sinusoidal', 'learnt', 'learnt, half the variance'] as const;

/** As published. */
export const USUAL = {
  embedding: '1/width',
  sameQueryKey: false,
  positions: 'sinusoidal',
  tied: true,
  zeroOutput: false,
  roles: false,
} as const;

/** Added to the scores of tokens that attention must not see. */
const MASKED = -1e9;

export function sequenceParameters(model: SequenceModel): ParameterSpecs {
  const {
    width: w,
    feedForward,
    layers,
    shape,
    embedding,
    positions,
    tied,
    zeroOutput,
    roles,
  } = model;
  const std = embedding === '1' ? 1 : w ** -0.5;
  const last = (name: string, from: number): ParameterSpecs => {
    const specs = linearParameters(name, from, w);
    const weight = `${name}.weight`;
    return zeroOutput
      ? { ...specs, [weight]: { shape: specs[weight].shape, start: { kind: 'zeros' } } }
      : specs;
  };
  const block = (name: string): ParameterSpecs => ({
    ...linearParameters(`${name}.query`, w, w),
    ...linearParameters(`${name}.key`, w, w),
    ...linearParameters(`${name}.value`, w, w),
    ...(roles ? linearParameters(`${name}.role`, w, w) : {}),
    ...last(`${name}.out`, w),
  });
  const network = (name: string): ParameterSpecs => ({
    ...linearParameters(`${name}.in`, w, feedForward),
    ...last(`${name}.out`, feedForward),
  });
  const table = { shape: [shape.tokens, w], start: { kind: 'normal', std } } as const;
  const specs: Record<string, ParameterSpecs[string]> = { tokens: table };
  if (!tied) Object.assign(specs, { targetTokens: table, outputTokens: table });
  if (positions !== 'sinusoidal') {
    const start = { kind: 'normal', std: positions === 'learnt' ? 1 : Math.SQRT1_2 } as const;
    specs.positions = { shape: [Math.max(shape.source, shape.target), w], start };
  }
  for (let layer = 0; layer < layers; layer++) {
    Object.assign(
      specs,
      block(`encoder${layer}.self`),
      network(`encoder${layer}.network`),
      block(`decoder${layer}.self`),
      block(`decoder${layer}.source`),
      network(`decoder${layer}.network`),
    );
  }
  return specs;
}

/** Scores of every next token. // source [B, S], previous [B, T] int32 -> [B, T, V] */
export function nextTokenScores(
  p: NamedTensors,
  model: SequenceModel,
  source: Tensor2D,
  previous: Tensor2D,
): Tensor3D {
  const [B, T] = previous.shape;
  const y = decode(p, model, encode(p, model, source), paddingBias(source), previous);
  const rows = tf.reshape(y, [B * T, model.width]) as Tensor2D;
  const scores = tf.matMul(rows, tableOf(p, model, 'outputTokens'), false, true);
  return tf.reshape(scores, [B, T, model.shape.tokens]);
}

/**
 * How much each target place reads of each source place in the last layer's attention.
 * // source [B, S], previous [B, T] int32 -> [B, H, T, S]
 */
export function sourceAttention(
  p: NamedTensors,
  model: SequenceModel,
  source: Tensor2D,
  previous: Tensor2D,
): Tensor4D {
  const { layers, heads: H } = model;
  const [B, S] = source.shape;
  const name = `decoder${layers - 1}.source`;
  const x = encode(p, model, source);
  const bias = paddingBias(source);
  let last: Tensor3D | undefined;
  decode(p, model, x, bias, previous, (y) => {
    last = y;
  });
  if (last === undefined) throw new RangeError('a model without layers has no attention');
  // Attention that mixes the rows of the identity gives its weights.
  const places = tf.tile(tf.reshape(tf.eye(S), [1, 1, S, S]), [B, H, 1, 1]) as Tensor4D;
  const [q, k] = [headsOf(p, `${name}.query`, last, H), headsOf(p, `${name}.key`, x, H)];
  return attention(q, k, places, bias);
}

/** Hidden vectors of the source. // [B, S] int32 -> [B, S, w] */
export function encode(p: NamedTensors, model: SequenceModel, source: Tensor2D): Tensor3D {
  const padding = paddingBias(source);
  let x = embed(p, model, p.tokens as Tensor2D, source);
  for (let layer = 0; layer < model.layers; layer++) {
    const name = `encoder${layer}`;
    x = addAndNorm(x, attend(p, `${name}.self`, x, x, model.heads, padding));
    x = addAndNorm(x, network(p, `${name}.network`, x));
  }
  return x;
}

/**
 * Hidden vectors of the target. // x [B, S, w], previous [B, T] int32 -> [B, T, w]
 *
 * @param watch is given what each layer reads the source with
 */
function decode(
  p: NamedTensors,
  model: SequenceModel,
  x: Tensor3D,
  padding: Tensor4D,
  previous: Tensor2D,
  watch?: (y: Tensor3D) => void,
): Tensor3D {
  const { layers, heads: H } = model;
  const T = previous.shape[1];
  const causal = tf.tensor4d(causalMask(T), [1, 1, T, T]);
  let y = embed(p, model, tableOf(p, model, 'targetTokens'), previous); // [B, T, w]
  for (let layer = 0; layer < layers; layer++) {
    const name = `decoder${layer}`;
    y = addAndNorm(y, attend(p, `${name}.self`, y, y, H, causal));
    watch?.(y);
    y = addAndNorm(y, attend(p, `${name}.source`, y, x, H, padding));
    y = addAndNorm(y, network(p, `${name}.network`, y));
  }
  return y;
}

function tableOf(p: NamedTensors, { tied }: SequenceModel, name: string): Tensor2D {
  return (tied ? p.tokens : p[name]) as Tensor2D;
}

/** `MASKED` where the source is padding. // [B, S] -> [B, 1, 1, S] */
function paddingBias(source: Tensor2D): Tensor4D {
  const [B, S] = source.shape;
  return tf.reshape(tf.mul(tf.cast(tf.equal(source, PAD), 'float32'), MASKED), [B, 1, 1, S]);
}

/** Mean cross-entropy of the next tokens, padding left out. // next [B, T] int32 */
export function sequenceLoss(scores: Tensor3D, next: Tensor2D): Scalar {
  const V = scores.shape[2];
  const isReal = tf.cast(tf.notEqual(next, PAD), 'float32'); // [B, T]
  const truth = tf.cast(tf.oneHot(next, V), 'float32') as Tensor3D;
  const losses = tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(scores)), 2)); // [B, T]
  return tf.div(tf.sum(tf.mul(losses, isReal)), tf.sum(isReal));
}

/**
 * Which answers are right to the last symbol. Greedy decoding gives the target if and only if the best
 * next token after every prefix of the target is the target's, so one pass decides. // [B] 0 or 1
 */
export function exactMatches(scores: Tensor3D, next: Tensor2D): Tensor2D {
  const best = tf.cast(tf.argMax(scores, 2), 'int32');
  const right = tf.logicalOr(tf.equal(best, next), tf.equal(next, PAD)); // [B, T]
  return tf.cast(tf.all(right, 1), 'float32') as unknown as Tensor2D;
}

/** Token vectors times √w, plus positions. // [B, L] -> [B, L, w] */
function embed(
  p: NamedTensors,
  { width: w, positions }: SequenceModel,
  table: Tensor2D,
  tokens: Tensor2D,
): Tensor3D {
  const L = tokens.shape[1];
  const x = tf.mul(tf.gather(table, tokens), Math.sqrt(w)); // [B, L, w]
  if (positions === 'sinusoidal') return tf.add(x, tf.tensor3d(sinusoids(L, w), [1, L, w]));
  return tf.add(x, tf.reshape(tf.slice(p.positions as Tensor2D, [0, 0], [L, w]), [1, L, w]));
}

/** Multi-head attention from x to y. // x [B, L, w], y [B, M, w], bias broadcasts to [B, H, L, M] */
function attend(
  p: NamedTensors,
  name: string,
  x: Tensor3D,
  y: Tensor3D,
  H: number,
  bias: Tensor4D,
): Tensor3D {
  const [B, L, w] = x.shape;
  const mixed = attention(
    headsOf(p, `${name}.query`, x, H),
    headsOf(p, `${name}.key`, y, H),
    headsOf(p, `${name}.value`, y, H),
    bias,
  );
  const role = `${name}.role`;
  const bound = `${role}.weight` in p ? tf.mul(mixed, headsOf(p, role, x, H)) : mixed;
  const rows = tf.reshape(tf.transpose(bound, [0, 2, 1, 3]), [B * L, w]) as Tensor2D;
  return tf.reshape(linear(p, `${name}.out`, rows), [B, L, w]);
}

/** A linear layer's vectors, split by head. // [B, L, w] -> [B, H, L, h] */
function headsOf(p: NamedTensors, name: string, x: Tensor3D, H: number): Tensor4D {
  const [B, L, w] = x.shape;
  const rows = linear(p, name, tf.reshape(x, [B * L, w]) as Tensor2D);
  return tf.transpose(tf.reshape(rows, [B, L, H, w / H]), [0, 2, 1, 3]) as Tensor4D;
}

function network(p: NamedTensors, name: string, x: Tensor3D): Tensor3D {
  const rows = tf.reshape(x, [-1, x.shape[2]]) as Tensor2D;
  return tf.reshape(linear(p, `${name}.out`, tf.relu(linear(p, `${name}.in`, rows))), x.shape);
}

function addAndNorm(x: Tensor3D, branch: Tensor3D): Tensor3D {
  return normalise(tf.add(x, branch));
}

/** sin and cos of t / 10000^(2i / w), sines first (section 3.5). // [L, w] */
export function sinusoids(length: number, width: number): Float32Array {
  const half = width / 2;
  return Float32Array.from({ length: length * width }, (_, at) => {
    const [t, i] = [Math.floor(at / width), at % width];
    const angle = t / 10000 ** ((i % half) / half);
    return i < half ? Math.sin(angle) : Math.cos(angle);
  });
}

/** `MASKED` where the column is later than the row. // [T, T] */
function causalMask(T: number): Float32Array {
  return Float32Array.from({ length: T * T }, (_, at) =>
    at % T > Math.floor(at / T) ? MASKED : 0,
  );
}
