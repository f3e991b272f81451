// A transformer encoder (Vaswani et al., arXiv 1706.03762), pre-norm (arXiv 2002.04745), with a
// learned attention bias per head and distance (T5, arXiv 1910.10683) that starts as ALiBi's slopes
// (arXiv 2108.12409).
//
//   x = token + slot + role
//   per layer:  x = x + attention(norm(x)),  x = x + feedForward(norm(x))
//   query = mean of the tokens' x, or the x of `start`
//
// B queries, T tokens, w numbers per token, H heads of h = w / H numbers.
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { NamedTensors } from '../../engine/index.ts';
import { addAttention, allHeadsOf } from './attention.ts';
import { type EncoderConfiguration, FARTHEST, type ModelConfiguration } from './configuration.ts';
import { type EmbeddedQueries, embeddedRows, embeddingParameters } from './embedding.ts';
import { addFeedForward } from './feed-forward.ts';
import { meanOfLastLayer, startOfLastLayer } from './last-layer.ts';
import { linearParameters } from './linear.ts';
import { normaliseRows } from './norm.ts';
import type { ParameterSpec, ParameterSpecs } from './parameters.ts';
import { DISTANCES } from './positions.ts';
import type { AllProjections } from './projections.ts';
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

export function layerParameters(
  { width, heads, feedForward }: Omit<EncoderConfiguration, 'pooling'>,
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

/**
 * Queries to one vector each, through all layers; the last one is computed only where the pooling
 * reads it. // [B, w]
 */
export function encode(
  p: NamedTensors,
  projections: AllProjections,
  { layers, heads, pooling }: EncoderConfiguration,
  queries: EmbeddedQueries,
): Tensor2D {
  const B = queries.tokens.shape[0];
  const last = layers - 1;
  let { rows: x, normalised: z } = embeddedRows(p, queries); // [B * T, w], z = norm(x)
  for (let layer = 0; layer < last; layer++) {
    const qkv = allHeadsOf(projections.tokens[layer], z, B, heads); // each [B, H, T, h]
    x = encoderLayer(p, layer, x, qkv, queries); // [B * T, w]
    z = normaliseRows(x);
  }
  const pooled = pooling === 'mean' ? meanOfLastLayer : startOfLastLayer;
  return pooled(p, { layer: last, heads, projections: projections.tokens[last], x, z, queries });
}

/** One encoder layer, from its input and that input's queries, keys and values. // [B * T, w] */
export function encoderLayer(
  p: NamedTensors,
  layer: number,
  x: Tensor2D,
  qkv: readonly [Tensor4D, Tensor4D, Tensor4D],
  queries: QueryTensors,
): Tensor2D {
  return addFeedForward(p, layer, addAttention(p, layer, x, qkv, queries));
}
