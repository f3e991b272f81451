import type { Tensor3D } from '@tensorflow/tfjs';
import { tf } from '../../engine/index.ts';

// A coordinate of B bits is one of L = 2^B numbers, the middles of the equal parts that -1 .. 1 is cut
// into: (2 i + 1 - L) / L for i = 0 .. L - 1. With one bit these are -1/2 and 1/2.

/** The middle of the part that a number falls to. */
export function quantise(x: number, levels: number): number {
  const part = Math.min(levels - 1, Math.max(0, Math.floor(((x + 1) / 2) * levels)));
  return (2 * part + 1 - levels) / levels;
}

/** `quantise` of every number, by restart. // [R, N, D] */
export function quantised(x: Tensor3D, levels: readonly number[]): Tensor3D {
  const byRestart = (values: readonly number[]) => tf.tensor3d([...values], [levels.length, 1, 1]);
  const halves = byRestart(levels.map((level) => level / 2));
  const last = byRestart(levels.map((level) => level - 1));
  const part = tf.minimum(tf.relu(tf.floor(tf.mul(tf.add(x, 1), halves))), last);
  const middle = byRestart(levels.map((level) => 1 / level - 1));
  return tf.add(tf.div(part, halves), middle) as Tensor3D;
}

/**
 * Items moved and scaled so that rounding them loses least: about their mean, which changes no
 * ranking, with the range -1 .. 1 at the multiple of their root mean square that leaves the least mean
 * squared error. Of one restart. // [N, D]
 */
export function fitRange(items: Float32Array, width: number, levels: number): Float32Array {
  const centred = centre(items, width);
  const rms = Math.sqrt(centred.reduce((sum, x) => sum + x * x, 0) / centred.length) || 1;
  let best: Float32Array = centred;
  let least = Number.POSITIVE_INFINITY;
  for (const multiple of RANGES) {
    const range = rms * multiple;
    const scaled = centred.map((x) => Math.min(1, Math.max(-1, x / range)));
    let error = 0;
    for (let i = 0; i < scaled.length; i++) {
      error += (range * quantise(scaled[i], levels) - centred[i]) ** 2;
    }
    if (error >= least) continue;
    least = error;
    best = scaled;
  }
  return best;
}

/** Ranges tried, in root mean squares. */
const RANGES = Array.from({ length: 24 }, (_, i) => 0.6 * 1.12 ** i);

function centre(items: Float32Array, width: number): Float32Array {
  const count = items.length / width;
  const mean = new Float64Array(width);
  items.forEach((x, at) => {
    mean[at % width] += x / count;
  });
  return items.map((x, at) => x - mean[at % width]);
}
