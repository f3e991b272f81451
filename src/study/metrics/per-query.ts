import { predictionEntropy } from './entropy.ts';
import { falseMass } from './false-mass.ts';
import { klDivergence } from './kl.ts';
import { topKOverlap } from './overlap.ts';

/** Metrics of many queries, one value per query; computed in float64. */
export interface QueryMetrics {
  /** Number of true keys. */
  readonly trueKeys: Uint16Array;
  readonly kl: Float64Array;
  readonly overlap: Float64Array;
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
  const metrics: QueryMetrics = {
    trueKeys: new Uint16Array(count),
    kl: new Float64Array(count),
    overlap: new Float64Array(count),
    entropy: new Float64Array(count),
    falseMass: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * keys, (i + 1) * keys);
    const truth = isTrue.subarray(i * keys, (i + 1) * keys);
    metrics.trueKeys[i] = truth.reduce((sum, bit) => sum + bit, 0);
    metrics.kl[i] = klDivergence(row, truth);
    metrics.overlap[i] = topKOverlap(row, truth);
    metrics.entropy[i] = predictionEntropy(row);
    metrics.falseMass[i] = falseMass(row, truth);
  }
  return metrics;
}
