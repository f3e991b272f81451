import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/graph.ts';
import type { NamedSpecs, NamedTensors } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';

/** Name of the vector that holds all small tensors: none of the tensors' own. */
export function packedName(tensors: Readonly<Record<string, unknown>>): string {
  let name = 'packed';
  while (name in tensors) name += '_';
  return name;
}

/**
 * Elements from which a tensor stays by itself: an operation takes longer for this many than it takes
 * to start, and packing copies.
 */
const LARGE = 2 ** 15;

export function isPacked(shape: readonly number[]): boolean {
  return sizeOf(shape) < LARGE;
}

function smallOf(tensors: NamedTensors): readonly Tensor[] {
  return Object.values(tensors).filter(({ shape }) => isPacked(shape));
}

/** The small tensors end to end. // [n] */
export function laidOut(tensors: NamedTensors): Tensor1D {
  return tf.concat1d(smallOf(tensors).map((tensor) => tf.reshape(tensor, [-1]) as Tensor1D));
}

/** The large tensors by their names, and the small ones as one vector by `packedName`. */
export function pack(tensors: NamedTensors): NamedTensors {
  const large = Object.entries(tensors).filter(([, { shape }]) => !isPacked(shape));
  const isWhole = large.length === Object.keys(tensors).length;
  return {
    ...Object.fromEntries(large),
    ...(isWhole ? {} : { [packedName(tensors)]: laidOut(tensors) }),
  };
}

/** Shapes of what `pack` makes of such tensors. */
export function packedSpecs(specs: NamedSpecs): NamedSpecs {
  const entries = Object.entries(specs);
  const large = entries.filter(([, { shape }]) => !isPacked(shape));
  const sizes = entries.filter(([, { shape }]) => isPacked(shape)).map(([, s]) => sizeOf(s.shape));
  const size = sizes.reduce((a, b) => a + b, 0);
  return {
    ...Object.fromEntries(large),
    ...(sizes.length === 0 ? {} : { [packedName(specs)]: { shape: [size], dtype: 'float32' } }),
  };
}

/** Undoes `pack` for tensors of the names and shapes of `like`. */
export function unpack(packed: NamedTensors, like: NamedTensors): NamedTensors {
  const small = Object.entries(like).filter(([, { shape }]) => isPacked(shape));
  const sizes = small.map(([, { shape }]) => sizeOf(shape));
  const whole = packed[packedName(like)];
  const parts = sizes.length > 1 ? tf.split(whole, sizes) : [whole];
  const bySmall = new Map(small.map(([name, { shape }], i) => [name, tf.reshape(parts[i], shape)]));
  return Object.fromEntries(
    Object.keys(like).map((name) => [name, bySmall.get(name) ?? packed[name]]),
  );
}
