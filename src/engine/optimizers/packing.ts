import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/graph.ts';
import type { NamedSpecs, NamedTensors } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';

/** Name of the vector that holds all small tensors, distinct from the tensors' own names. */
export function packedName(tensors: Readonly<Record<string, unknown>>): string {
  let name = 'packed';
  while (name in tensors) name += '_';
  return name;
}

/**
 * Tensors of this many elements are not packed: their operations take longer than it takes to start
 * one, and packing copies.
 */
const LARGE_ELEMENTS = 2 ** 15;

export function isSmall(shape: readonly number[]): boolean {
  return sizeOf(shape) < LARGE_ELEMENTS;
}

function smallOf(tensors: NamedTensors): readonly Tensor[] {
  return Object.values(tensors).filter(({ shape }) => isSmall(shape));
}

/** The small tensors, concatenated. // [n] */
export function concatSmall(tensors: NamedTensors): Tensor1D {
  return tf.concat1d(smallOf(tensors).map((tensor) => tf.reshape(tensor, [-1]) as Tensor1D));
}

/** The large tensors under their names, and the small ones as one vector under `packedName`. */
export function pack(tensors: NamedTensors): NamedTensors {
  const large = Object.entries(tensors).filter(([, { shape }]) => !isSmall(shape));
  const hasSmall = large.length < Object.keys(tensors).length;
  return {
    ...Object.fromEntries(large),
    ...(hasSmall ? { [packedName(tensors)]: concatSmall(tensors) } : {}),
  };
}

/** Specs of the tensors that `pack` returns. */
export function packedSpecs(specs: NamedSpecs): NamedSpecs {
  const entries = Object.entries(specs);
  const large = entries.filter(([, { shape }]) => !isSmall(shape));
  const sizes = entries.filter(([, { shape }]) => isSmall(shape)).map(([, s]) => sizeOf(s.shape));
  const size = sizes.reduce((a, b) => a + b, 0);
  return {
    ...Object.fromEntries(large),
    ...(sizes.length === 0 ? {} : { [packedName(specs)]: { shape: [size], dtype: 'float32' } }),
  };
}

/** Undoes `pack`, for tensors with the names and shapes of `like`. */
export function unpack(packed: NamedTensors, like: NamedTensors): NamedTensors {
  const small = Object.entries(like).filter(([, { shape }]) => isSmall(shape));
  const sizes = small.map(([, { shape }]) => sizeOf(shape));
  const vector = packed[packedName(like)];
  const parts = sizes.length > 1 ? tf.split(vector, sizes) : [vector];
  const unpacked = new Map(
    small.map(([name, { shape }], i) => [name, tf.reshape(parts[i], shape)]),
  );
  return Object.fromEntries(
    Object.keys(like).map((name) => [name, unpacked.get(name) ?? packed[name]]),
  );
}
