// A transformer encoder (Vaswani et al., arXiv 1706.03762), pre-norm (arXiv 2002.04745), with a
// learned attention bias per head and distance (T5, arXiv 1910.10683) that starts as ALiBi's slopes
// (arXiv 2108.12409).
//
// B queries, T tokens, w numbers per token, H heads of h = w / H numbers, f hidden units, K keys.
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import {
  type AllProjections,
  allHeadsOf,
  attention,
  attentionBias,
  headsOf,
  mergeHeads,
  type Projections,
} from './attention.ts';
import { type EncoderConfiguration, FARTHEST, type ModelConfiguration } from './configuration.ts';
import { type EmbeddedQueries, embeddedRows, embeddingParameters } from './embedding.ts';
import { linear, linearParameters } from './linear.ts';
import { linearOfNormalised, normaliseForCentred } from './norm.ts';
import type { ParameterSpec, ParameterSpecs } from './parameters.ts';
import { DISTANCES } from './positions.ts';
import type { QueryTensors } from './queries.ts';

/** What a residual branch's last matrix is scaled by at the start. */
const BRANCH_SCALE = 0.5;

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
  const { encoder, layout } = config;
  const specs: Record<string, ParameterSpec> = { ...embeddingParameters(config) };
  for (let layer = 0; layer < layers; layer++) {
    Object.assign(
      specs,
      layerParameters(encoder, layer, layout.kind === 'pairs' && layer < ranged),
    );
  }
  return specs;
}

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

/** The hidden units of a layer's feed-forward network. // [rows, w] -> [rows, f] */
export function hidden(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.relu(linearOfNormalised(p, `layer${layer}.feedForward.in`, x));
}

/** x plus a feed-forward network of each of its rows. // [rows, w] */
export function feedForward(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.add(x, linear(p, `layer${layer}.feedForward.out`, hidden(p, layer, x)));
}

/** x after attention, from the queries, keys and values of its tokens. // [B * T, w] */
function attended(
  p: NamedTensors,
  layer: number,
  x: Tensor2D,
  [q, k, v]: readonly Tensor4D[],
  queries: QueryTensors,
): Tensor2D {
  return tf.add(x, mergeHeads(p, layer, attention(q, k, v, attentionBias(p, layer, queries))));
}

/** One encoder layer, from its input and that input's queries, keys and values. // [B * T, w] */
export function encoderLayer(
  p: NamedTensors,
  layer: number,
  x: Tensor2D,
  heads: readonly Tensor4D[],
  queries: QueryTensors,
): Tensor2D {
  return feedForward(p, layer, attended(p, layer, x, heads, queries));
}

/**
 * Queries to one vector each. The last layer computes only what is read: the `start` token's
 * vector, or, for the mean, the mean of the hidden units before the last matrix instead of after
 * it (the same numbers up to rounding). // [B, w]
 */
export function encode(
  p: NamedTensors,
  { layers: plain, first }: AllProjections,
  { layers, heads: H, pooling }: EncoderConfiguration,
  queries: EmbeddedQueries,
): Tensor2D {
  const [B, T] = queries.tokens.shape;
  const projections = [first, ...plain.slice(1)];
  const last = layers - 1;
  let { rows: x, normalised: z } = embeddedRows(p, queries);
  for (let layer = 0; layer < last; layer++) {
    x = encoderLayer(p, layer, x, allHeadsOf(projections[layer], z, B, H), queries); // [B * T, w]
    z = normaliseForCentred(x);
  }
  if (pooling === 'start') return encodeStart(p, projections[last], last, x, z, queries, H);
  x = attended(p, last, x, allHeadsOf(projections[last], z, B, H), queries);
  const mean = (rows: Tensor2D) =>
    meanOfTokens(tf.reshape(rows, [B, T, rows.shape[1]]) as Tensor3D, queries.present);
  return tf.add(mean(x), linear(p, `layer${last}.feedForward.out`, mean(hidden(p, last, x))));
}

/** The last layer, for the `start` token alone, of x and what it is normalised. // x [B * T, w] -> [B, w] */
function encodeStart(
  p: NamedTensors,
  { query, key, value }: Projections,
  layer: number,
  x: Tensor2D,
  z: Tensor2D,
  queries: QueryTensors,
  H: number,
): Tensor2D {
  const [B, T] = queries.tokens.shape;
  const firstOf = (rows: Tensor2D) => {
    const n = rows.shape[1];
    return tf.reshape(tf.slice(tf.reshape(rows, [B, T, n]), [0, 0, 0], [B, 1, n]), [
      B,
      n,
    ]) as Tensor2D;
  };
  const q = headsOf(query, firstOf(z), B, H); // [B, H, 1, h]
  const k = headsOf(key, z, B, H);
  const v = headsOf(value, z, B, H);
  const bias = attentionBias(p, layer, queries); // [1 | B, 1 | H, 1 | T, T]
  const [b, n] = bias?.shape ?? [];
  const seen = bias && (tf.slice(bias, [0, 0, 0, 0], [b ?? 1, n ?? 1, 1, T]) as Tensor4D);
  const change = mergeHeads(p, layer, attention(q, k, v, seen)); // [B, w]
  return feedForward(p, layer, tf.add(firstOf(x), change));
}

/** Mean over the tokens that are no padding. // [B, T, n] -> [B, n] */
function meanOfTokens(x: Tensor3D, present: Tensor2D | undefined): Tensor2D {
  if (present === undefined) return tf.mean(x, 1);
  const [B, T, n] = x.shape;
  const share = tf.div(present, tf.sum(present, 1, true)); // [B, T]
  const mean = tf.matMul(tf.reshape(share, [B, 1, T]) as Tensor3D, x); // [B, 1, n]
  return tf.reshape(mean, [B, n]);
}
