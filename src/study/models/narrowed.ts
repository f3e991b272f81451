import type { ModelConfiguration } from './configuration.ts';
import type { Parameters } from './parameters.ts';

/** A model and the values of its parameters. */
export interface ModelWithParameters {
  readonly model: ModelConfiguration;
  readonly parameters: Parameters;
}

/**
 * A contrastive model of more dimensions d than keys K, as one of K dimensions with the same scores; others as they are.
 * Projection and key table are one matrix to whoever asks for scores alone, and K x K unit vectors take the place of
 * the keys: (h W + b) Kᵀ = (h (W Kᵀ) + b Kᵀ) I.
 */
export function narrowed({ model, parameters }: ModelWithParameters): ModelWithParameters {
  const { dim, keys, similarity = 'dot' } = model;
  if (dim === undefined || dim <= keys || similarity !== 'dot') return { model, parameters };
  const table = parameters['keys.table'].values;
  const ofKeys = (name: string) => {
    const { shape, values } = parameters[name];
    const narrow = byKey(values, table, dim, keys);
    return { [name]: { shape: [...shape.slice(0, -1), keys], values: narrow } };
  };
  const unit = Float32Array.from({ length: keys * keys }, (_, i) => (i % (keys + 1) === 0 ? 1 : 0));
  return {
    model: { ...model, dim: keys },
    parameters: {
      ...parameters,
      ...ofKeys('projection.weight'),
      ...ofKeys('projection.bias'),
      'keys.table': { shape: [keys, keys], values: unit },
    },
  };
}

/** Dot products of rows and keys, summed in 64 bits. // rows [R, d], table [K, d] -> [R, K] */
function byKey(rows: Float32Array, table: Float32Array, d: number, keys: number): Float32Array {
  return Float32Array.from({ length: (rows.length / d) * keys }, (_, i) => {
    const [row, key] = [Math.floor(i / keys) * d, (i % keys) * d];
    let sum = 0;
    for (let j = 0; j < d; j += 1) sum += rows[row + j] * table[key + j];
    return sum;
  });
}
