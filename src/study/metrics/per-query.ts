import { type Accuracy, accuracyOf } from './accuracy.ts';
import { predictionEntropy } from './entropy.ts';
import { falseMass } from './false-mass.ts';

/** All metrics of many queries, one value per query; computed in float64. */
export interface QueryMetrics extends Accuracy {
  /** Number of true keys. */
  readonly trueKeys: Uint16Array;
  readonly entropy: Float64Array;
  readonly falseMass: Float64Array;
}

/** @param scores // [count, keys]; @param isTrue 1 at true keys // [count, keys] */
export function queryMetrics(
  scores: Float32Array,
  isTrue: Uint8Array,
  count: number,
  keys: number,
): QueryMetrics {
  const trueKeys = new Uint16Array(count);
  const entropy = new Float64Array(count);
  const mass = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * keys, (i + 1) * keys);
    const truth = isTrue.subarray(i * keys, (i + 1) * keys);
    trueKeys[i] = truth.reduce((sum, bit) => sum + bit, 0);
    entropy[i] = predictionEntropy(row);
    mass[i] = falseMass(row, truth);
  }
  return { ...accuracyOf(scores, isTrue, count, keys), trueKeys, entropy, falseMass: mass };
}
