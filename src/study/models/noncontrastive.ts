import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, softmax, tf } from '../../engine/index.ts';
import { deckOf } from '../deck/deck.ts';
import { allHeadsOf, attentionBias, headsOf, mergeHeads } from './attention.ts';
import { cardTable } from './cards.ts';
import type { ModelConfiguration } from './configuration.ts';
import { type EmbeddedQueries, embed, embeddedRows } from './embedding.ts';
import { slicedQueries } from './fast/slices.ts';
import { addFeedForward } from './feed-forward.ts';
import { linear, linearParameters } from './linear.ts';
import { linearOfNormalised, normaliseRows } from './norm.ts';
import type { ParameterSpecs } from './parameters.ts';
import { type AllProjections, allProjections } from './projections.ts';
import type { QueryTensors } from './queries.ts';
import { encoderLayer, encoderParameters } from './transformer.ts';

/** Layers of the non-contrastive model: half the encoder's, hence about half its parameters. */
export function halfLayers({ encoder }: ModelConfiguration): number {
  return Math.max(1, Math.round(encoder.layers / 2));
}

/**
 * The non-contrastive model (a cross-encoder): a transformer over the concatenated query and key
 * gives one number per pair through a nonlinear head.
 */
export function noncontrastiveParameters(config: ModelConfiguration): ParameterSpecs {
  const { encoder, keys, values } = config;
  const { attributes } = deckOf(keys, values);
  return {
    // Key tokens have no distances, and the last layer computes only key tokens.
    ...encoderParameters(config, halfLayers(config), halfLayers(config) - 1),
    'keys.tokens': {
      shape: [keys, encoder.width],
      start: cardTable(attributes, values, 0, encoder.width),
    },
    ...linearParameters('head.in', encoder.width, encoder.width),
    ...linearParameters('head.out', encoder.width, 1),
  };
}

/**
 * Scores of all keys in one pass: the query's tokens once, one token per key, and attention in
 * which query tokens see the query, and each key token sees the query and itself. Query tokens
 * never see a key, so they are the same for every key, and the scores equal those of running every
 * (query, key) pair alone. The last layer computes key tokens only, since nothing else is read.
 * // [B, K]
 */
export function noncontrastiveScores(
  p: NamedTensors,
  config: ModelConfiguration,
  queries: QueryTensors,
): Tensor2D {
  const K = config.keys;
  const projections = allProjections(p, halfLayers(config));
  return slicedQueries(embed(p, queries), config.encoder, K, (some) =>
    scoresOf(p, projections, config, some),
  );
}

function scoresOf(
  p: NamedTensors,
  projections: AllProjections,
  config: ModelConfiguration,
  queries: EmbeddedQueries,
): Tensor2D {
  const { heads: H } = config.encoder;
  const K = p['keys.tokens'].shape[0];
  const last = halfLayers(config) - 1;
  const B = queries.tokens.shape[0];
  let { rows: x, normalised: z } = embeddedRows(p, queries);
  let y = p['keys.tokens'] as Tensor2D; // [K, w], [B * K, w] after a layer
  for (let layer = 0; layer <= last; layer++) {
    const { query, key, value } = projections.tokens[layer];
    const k = headsOf(key, z, B, H); // [B, H, T, h]
    const v = headsOf(value, z, B, H);
    const n = y.shape[0] / K; // 1 in the first layer, then B
    const own = allHeadsOf(projections.rows[layer], normaliseRows(y), n, H); // each [n, H, K, h]
    y = keyLayer(p, layer, y, own, [k, v], queries);
    if (layer < last) {
      x = encoderLayer(p, layer, x, [headsOf(query, z, B, H), k, v], queries); // [B * T, w]
      z = normaliseRows(x);
    }
  }
  const score = linear(p, 'head.out', tf.relu(linearOfNormalised(p, 'head.in', y))); // [B * K, 1]
  return tf.reshape(score, [B, K]);
}

/**
 * One encoder layer of the key tokens, from their own queries, keys and values and from the query
 * tokens' keys and values. The first layer's key tokens are the same for all queries: y has them once.
 * // y [K | B * K, w], own [1 | B, H, K, h], k and v [B, H, T, h] -> [B * K, w]
 */
function keyLayer(
  p: NamedTensors,
  layer: number,
  y: Tensor2D,
  [qy, ky, vy]: readonly [Tensor4D, Tensor4D, Tensor4D],
  [k, v]: readonly [Tensor4D, Tensor4D],
  queries: QueryTensors,
): Tensor2D {
  const [B, , T] = k.shape;
  const [shared, H, K, h] = qy.shape;
  // Adding zeros repeats the shared rows B times at no cost, and its gradient is one sum; the gradient of
  // tf.tile, which tf.broadcastTo uses, is a slice and an addition per copy.
  const forAll = (some: Tensor4D): Tensor4D =>
    shared === B ? some : tf.add(some, tf.zeros([B, 1, 1, 1]));
  const scale = h ** -0.5;
  let onQuery = tf.mul(tf.matMul(forAll(qy), k, false, true), scale) as Tensor4D; // [B, H, K, T]
  // Padding is unseen. Distance means nothing between a key and a query: no bias.
  if (queries.present !== undefined) {
    const bias = attentionBias(p, layer, queries);
    if (bias !== undefined) onQuery = tf.add(onQuery, bias);
  }
  const onItself = forAll(tf.mul(tf.sum(tf.mul(qy, ky), 3, true), scale)); // [B, H, K, 1]
  const weights = softmax(tf.concat([onQuery, onItself], 3)); // [B, H, K, T + 1]
  const [fromQuery, fromItself] = tf.split(weights, [T, 1], 3); // [B, H, K, T] and [B, H, K, 1]
  const mixed = tf.add(tf.matMul(fromQuery, v), tf.mul(fromItself, vy)) as Tensor4D; // [B, H, K, h]
  const change = mergeHeads(p, layer, mixed); // [B * K, w]
  if (shared === B) return addFeedForward(p, layer, tf.add(y, change));
  const all = tf.add(y, tf.reshape(change, [B, K, H * h]));
  return addFeedForward(p, layer, tf.reshape(all, [B * K, H * h]) as Tensor2D);
}
