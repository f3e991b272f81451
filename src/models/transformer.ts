// A transformer encoder (Vaswani et al., arXiv 1706.03762), pre-norm (arXiv 2002.04745), with a
// learned attention bias per head and distance (T5, arXiv 1910.10683) that starts as ALiBi's slopes
// (arXiv 2108.12409).
//
// B queries, T tokens, w numbers per token, H heads of h = w / H numbers, f hidden units, K keys.
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { layerNorm, type NamedTensors, tf } from '../engine/index.ts';
import { cardTable } from './cards.ts';
import { type EncoderConfiguration, FARTHEST, type ModelConfiguration } from './configuration.ts';
import type { ParameterSpec, ParameterSpecs } from './parameters.ts';
import { DISTANCES, distancesOf, ROLES, rolesOf } from './positions.ts';

/** Score of a token that attention must not see. */
const UNSEEN = -1e9;
const NORM_EPSILON = 1e-5;
/** Standard deviation of slot and role vectors, beside token vectors of about 1. */
const POSITION_STD = 0.5;
/** What a residual branch's last matrix is scaled by at the start. */
const BRANCH_SCALE = 0.5;

/** A batch of queries as the models read it. */
export interface QueryTensors {
  /** Token ids. // [B, T] int32 */
  readonly tokens: Tensor2D;
  /** Which slot each token belongs to, N for `start` and `end`; absent for members. // [B, T] int32 */
  readonly slots?: Tensor2D;
  /** 1 for a token, 0 for padding; absent where nothing is padded. // [B, T] */
  readonly present?: Tensor2D;
}

/**
 * Parameters of the token table, the positions and `layers` encoder layers.
 *
 * @param ranged how many of the layers look from token to token of a query, and so need distances
 */
export function encoderParameters(
  config: ModelConfiguration,
  layers: number,
  ranged: number = layers,
): ParameterSpecs {
  const { encoder, layout, keys, values } = config;
  const { width } = encoder;
  const attributes = Math.round(Math.log(keys) / Math.log(values));
  const cards = (values + 1) ** attributes;
  const specs: Record<string, ParameterSpec> = {
    'tokens.table': {
      shape: [cards + MARKS, width],
      start: cardTable(attributes, values + 1, MARKS, width),
    },
  };
  if (layout.kind === 'pairs') {
    const start = { kind: 'normal', std: POSITION_STD } as const;
    specs['positions.slots'] = { shape: [layout.pairs + 1, width], start };
    specs['positions.roles'] = { shape: [ROLES, width], start };
  }
  for (let layer = 0; layer < layers; layer++) {
    Object.assign(
      specs,
      layerParameters(encoder, layer, layout.kind === 'pairs' && layer < ranged),
    );
  }
  return specs;
}

/** Union, symmetric difference, start, end, pad: the tokens after the cards. */
const MARKS = 5;

function layerParameters(
  { width, heads, feedForward }: EncoderConfiguration,
  layer: number,
  hasDistances: boolean,
): ParameterSpecs {
  return {
    ...linearParameters(`layer${layer}.attention.in`, width, 3 * width),
    ...(hasDistances ? { [`layer${layer}.attention.distance`]: distanceBias(heads) } : {}),
    ...linearParameters(`layer${layer}.attention.out`, width, width, BRANCH_SCALE),
    ...linearParameters(`layer${layer}.feedForward.in`, width, feedForward),
    ...linearParameters(`layer${layer}.feedForward.out`, feedForward, width, BRANCH_SCALE),
  };
}

/** Weight [from, to] with variance scale^2 / from, and a bias of zeros. */
export function linearParameters(
  name: string,
  from: number,
  to: number,
  scale = 1,
): ParameterSpecs {
  return {
    [`${name}.weight`]: {
      shape: [from, to],
      start: { kind: 'normal', std: scale * from ** -0.5 },
    },
    [`${name}.bias`]: { shape: [to], start: { kind: 'zeros' } },
  };
}

/** Slopes 2, 1, 1/2, ... per head, the last head 0: near tokens attract, so that pairs bind first. */
function distanceBias(heads: number): ParameterSpec {
  return {
    shape: [DISTANCES, heads],
    start: {
      kind: 'given',
      values: () => {
        const bias = new Float32Array(DISTANCES * heads);
        for (let distance = -FARTHEST; distance <= FARTHEST; distance++) {
          for (let head = 0; head < heads - 1; head++) {
            bias[(distance + FARTHEST) * heads + head] = -Math.abs(distance) * 2 ** (1 - head);
          }
        }
        return bias;
      },
    },
  };
}

/** Token, slot and role vectors summed. // [B, T, w] */
export function embed(p: NamedTensors, { tokens, slots }: QueryTensors): Tensor3D {
  const x = tf.gather(p['tokens.table'], tokens) as Tensor3D; // [B, T, w]
  if (slots === undefined) return x;
  const slot = tf.gather(p['positions.slots'], slots); // [B, T, w]
  const roles = tf.tensor1d(rolesOf(tokens.shape[1]), 'int32');
  const role = tf.gather(p['positions.roles'], roles); // [T, w]
  return tf.add(tf.add(x, slot), role);
}

/** Rows of [rows, from] through a linear layer. // [rows, to] */
export function linear(p: NamedTensors, name: string, x: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(x, p[`${name}.weight`] as Tensor2D), p[`${name}.bias`]);
}

/**
 * Each vector minus its mean, over its standard deviation. Without the usual gain and bias: a
 * linear layer follows every norm of this encoder, and holds the same functions without them.
 */
export function normalise<T extends Tensor>(x: T): T {
  return layerNorm(x, NORM_EPSILON);
}

/** What is added to attention scores before the softmax; broadcasts to [B, H, T, T]. */
export function attentionBias(
  p: NamedTensors,
  layer: number,
  { tokens, slots, present }: QueryTensors,
): Tensor4D | undefined {
  const [B, T] = tokens.shape;
  if (present !== undefined) {
    return tf.reshape(tf.mul(tf.sub(1, present), UNSEEN), [B, 1, 1, T]);
  }
  if (slots === undefined) return undefined;
  const distances = tf.tensor1d(distancesOf(T), 'int32');
  const bias = tf.gather(p[`layer${layer}.attention.distance`], distances); // [T * T, H]
  return tf.reshape(tf.transpose(bias), [1, -1, T, T]);
}

/** A linear layer's weight [from, to] and bias [to]. */
interface Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/** The linear layers of a layer's attention, each [w, w]. */
export interface Projections {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
}

/**
 * The linear layers of attention, out of the parameters that hold all three. Their rows are computed
 * one by one: those of one product would have to be split, and their gradients put together again.
 */
export function projectionsOf(p: NamedTensors, layer: number): Projections {
  const name = `layer${layer}.attention.in`;
  const weights = tf.split(p[`${name}.weight`], 3, 1) as Tensor2D[]; // of [w, 3w]
  const biases = tf.split(p[`${name}.bias`], 3) as Tensor1D[]; // of [3w]
  const [query, key, value] = weights.map((weight, i) => ({ weight, bias: biases[i] }));
  return { query, key, value };
}

/** Queries, keys or values of every token, split by head. // normalised x [B, T, w] -> [B, H, T, h] */
export function headsOf({ weight, bias }: Linear, x: Tensor3D, H: number): Tensor4D {
  const [B, T, w] = x.shape;
  const rows = tf.add(tf.matMul(tf.reshape(x, [B * T, w]) as Tensor2D, weight), bias);
  return tf.transpose(tf.reshape(rows, [B, T, H, w / H]), [0, 2, 1, 3]) as Tensor4D;
}

/** Queries, keys and values of every token. // normalised x [B, T, w] -> each [B, H, T, h] */
export function allHeadsOf(
  { query, key, value }: Projections,
  x: Tensor3D,
  H: number,
): readonly [Tensor4D, Tensor4D, Tensor4D] {
  return [headsOf(query, x, H), headsOf(key, x, H), headsOf(value, x, H)];
}

/** Attention's weighted values back in one row per token, through the output layer. // [B, T, w] */
export function mergeHeads(p: NamedTensors, layer: number, mixed: Tensor4D): Tensor3D {
  const [B, H, T, h] = mixed.shape;
  const rows = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [B * T, H * h]) as Tensor2D;
  return tf.reshape(linear(p, `layer${layer}.attention.out`, rows), [B, T, H * h]);
}

/** Values mixed by attention over a query's tokens. // q [B, H, R, h], k and v [B, H, T, h] */
export function attention(
  q: Tensor4D,
  k: Tensor4D,
  v: Tensor4D,
  bias: Tensor4D | undefined,
): Tensor4D {
  const h = q.shape[3];
  const scores = tf.mul(tf.matMul(q, k, false, true), h ** -0.5); // [B, H, R, T]
  return tf.matMul(tf.softmax(bias === undefined ? scores : tf.add(scores, bias)), v);
}

/** The hidden units of a layer's feed-forward network. // [rows, w] -> [rows, f] */
export function hidden(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.relu(linear(p, `layer${layer}.feedForward.in`, normalise(x)));
}

/** x plus a feed-forward network of each of its vectors. // [..., w] */
export function feedForward<T extends Tensor>(p: NamedTensors, layer: number, x: T): T {
  const rows = tf.reshape(x, [-1, x.shape[x.rank - 1]]) as Tensor2D;
  const out = linear(p, `layer${layer}.feedForward.out`, hidden(p, layer, rows));
  return tf.add(x, tf.reshape(out, x.shape)) as T;
}

/** One encoder layer, from its input and that input's queries, keys and values. // [B, T, w] */
export function encoderLayer(
  p: NamedTensors,
  layer: number,
  x: Tensor3D,
  [q, k, v]: readonly Tensor4D[],
  queries: QueryTensors,
): Tensor3D {
  const mixed = attention(q, k, v, attentionBias(p, layer, queries));
  return feedForward(p, layer, tf.add(x, mergeHeads(p, layer, mixed)));
}

/**
 * Queries to one vector each. The last layer computes only what is read: the `start` token's
 * vector, or, for the mean, the mean of the hidden units before the last matrix instead of after
 * it (the same numbers up to rounding). // [B, w]
 */
export function encode(
  p: NamedTensors,
  { layers, heads: H, pooling, width: w }: EncoderConfiguration,
  queries: QueryTensors,
): Tensor2D {
  let x = embed(p, queries); // [B, T, w]
  const [B, T] = x.shape;
  const last = layers - 1;
  for (let layer = 0; layer < last; layer++) {
    x = encoderLayer(p, layer, x, allHeadsOf(projectionsOf(p, layer), normalise(x), H), queries);
  }
  if (pooling === 'start') return encodeStart(p, last, x, queries, H);
  const [q, k, v] = allHeadsOf(projectionsOf(p, last), normalise(x), H);
  x = tf.add(x, mergeHeads(p, last, attention(q, k, v, attentionBias(p, last, queries))));
  const units = hidden(p, last, tf.reshape(x, [B * T, w]) as Tensor2D); // [B * T, f]
  const mean = (rows: Tensor3D) => meanOfTokens(rows, queries.present);
  return tf.add(
    mean(x),
    linear(
      p,
      `layer${last}.feedForward.out`,
      mean(tf.reshape(units, [B, T, units.shape[1]]) as Tensor3D),
    ),
  );
}

/** The last layer, for the `start` token alone. // [B, T, w] -> [B, w] */
function encodeStart(
  p: NamedTensors,
  layer: number,
  x: Tensor3D,
  queries: QueryTensors,
  H: number,
): Tensor2D {
  const [B, T, w] = x.shape;
  const z = normalise(x);
  const firstOf = (rows: Tensor3D) => tf.slice(rows, [0, 0, 0], [B, 1, w]);
  const { query, key, value } = projectionsOf(p, layer);
  const q = headsOf(query, firstOf(z), H); // [B, H, 1, h]
  const k = headsOf(key, z, H);
  const v = headsOf(value, z, H);
  const bias = attentionBias(p, layer, queries); // [1 | B, 1 | H, 1 | T, T]
  const [b, n] = bias?.shape ?? [];
  const seen = bias && (tf.slice(bias, [0, 0, 0, 0], [b ?? 1, n ?? 1, 1, T]) as Tensor4D);
  const start = tf.add(firstOf(x), mergeHeads(p, layer, attention(q, k, v, seen))); // [B, 1, w]
  return feedForward(p, layer, tf.reshape(start, [B, w]) as Tensor2D);
}

/** Mean over the tokens that are no padding. // [B, T, n] -> [B, n] */
function meanOfTokens(x: Tensor3D, present: Tensor2D | undefined): Tensor2D {
  if (present === undefined) return tf.mean(x, 1);
  const [B, T, n] = x.shape;
  const share = tf.div(present, tf.sum(present, 1, true)); // [B, T]
  const mean = tf.matMul(tf.reshape(share, [B, 1, T]) as Tensor3D, x); // [B, 1, n]
  return tf.reshape(mean, [B, n]);
}
