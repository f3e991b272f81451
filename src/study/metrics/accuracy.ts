import { klDivergence } from './kl.ts';
import { topKOverlap } from './overlap.ts';

/** KL and Top-K overlap of many queries, one value per query; computed in float64. */
export interface Accuracy {
  readonly kl: Float64Array;
  readonly overlap: Float64Array;
}

/** @param scores // [count, keys]; @param isTrue 1 at true keys // [count, keys] */
export function accuracyOf(
  scores: Float32Array,
  isTrue: Uint8Array,
  count: number,
  keys: number,
): Accuracy {
  const kl = new Float64Array(count);
  const overlap = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * keys, (i + 1) * keys);
    const truth = isTrue.subarray(i * keys, (i + 1) * keys);
    kl[i] = klDivergence(row, truth);
    overlap[i] = topKOverlap(row, truth);
  }
  return { kl, overlap };
}
