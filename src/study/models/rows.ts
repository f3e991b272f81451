// The encoder's layers (transformer.ts) over rows of any origin: patches of images, words, or both.
//
// B examples of T rows, w numbers per row, H heads.
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { allHeadsOf, attention, mergeHeads } from './attention.ts';
import type { EncoderConfiguration } from './configuration.ts';
import { addFeedForward } from './feed-forward.ts';
import { normaliseRows } from './norm.ts';
import type { ParameterSpecs } from './parameters.ts';
import { projectionsOf } from './projections.ts';
import { layerParameters } from './transformer.ts';

/** Layers of a transformer, whatever its rows are made from and how they are pooled. */
export type LayerConfiguration = Omit<EncoderConfiguration, 'pooling'>;

export function rowParameters(layers: LayerConfiguration): ParameterSpecs {
  return Object.assign(
    {},
    ...Array.from({ length: layers.layers }, (_, layer) => layerParameters(layers, layer, false)),
  );
}

/**
 * Rows through all layers.
 *
 * @param bias added to the scores of attention; broadcasts to [B, H, T, T]
 * // x [B * T, w] -> [B * T, w]
 */
export function encodeRows(
  p: NamedTensors,
  { layers, heads: H }: LayerConfiguration,
  x: Tensor2D,
  B: number,
  bias?: Tensor4D,
): Tensor2D {
  let rows = x;
  for (let layer = 0; layer < layers; layer++) {
    const [q, k, v] = allHeadsOf(projectionsOf(p, layer), normaliseRows(rows), B, H);
    rows = tf.add(rows, mergeHeads(p, layer, attention(q, k, v, bias)));
    rows = addFeedForward(p, layer, rows);
  }
  return rows;
}

/** The parameters whose names start with the prefix, without it. */
export function within(p: NamedTensors, prefix: string): NamedTensors {
  return Object.fromEntries(
    Object.entries(p).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}

/** The same specs, each name with a prefix. */
export function named(prefix: string, specs: ParameterSpecs): ParameterSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [`${prefix}${name}`, spec] as const),
  );
}
