// The matrices WQ, WK and WV of attention, as they are multiplied with normalised vectors.
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { tablesOf } from './embedding.ts';
import { centred } from './fast/centred.ts';
import { factoredWeight, isFactored } from './fast/factored.ts';

/** A linear layer of normalised vectors: weight [w | n, w], bias [w]. */
export interface Projection {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/** The projections of a layer's attention. */
export interface Projections {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
}

/** The projections of all layers, by layer. */
export interface AllProjections {
  /** For the query's tokens; the first layer's read `EmbeddedRows.normalised`. */
  readonly tokens: readonly Projections[];
  /** For any other normalised rows. */
  readonly rows: readonly Projections[];
}

/** The projections of `count` layers: once for all slices of a batch, whose gradients then add up first. */
export function allProjections(p: NamedTensors, count: number): AllProjections {
  const rows = Array.from({ length: count }, (_, layer) => projectionsOf(p, layer));
  const tables = tablesOf(p);
  if (!isFactored(tables)) return { tokens: rows, rows };
  const ofEmbedded = ({ weight, bias }: Projection): Projection => ({
    weight: factoredWeight(tables, weight),
    bias,
  });
  const { query, key, value } = rows[0];
  const first = { query: ofEmbedded(query), key: ofEmbedded(key), value: ofEmbedded(value) };
  return { tokens: [first, ...rows.slice(1)], rows };
}

/**
 * A layer's projections, out of the parameters that hold all three. Queries, keys and values are
 * computed one by one: one product's rows would have to be split, and their gradients put together.
 */
export function projectionsOf(p: NamedTensors, layer: number): Projections {
  const name = `layer${layer}.attention.in`;
  const weights = tf.split(centred(p[`${name}.weight`] as Tensor2D), 3, 1) as Tensor2D[]; // of [w, 3w]
  const biases = tf.split(p[`${name}.bias`], 3) as Tensor1D[]; // of [3w]
  const [query, key, value] = weights.map((weight, i) => ({ weight, bias: biases[i] }));
  return { query, key, value };
}
