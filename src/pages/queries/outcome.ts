import { klDivergence } from '../../study/metrics/kl.ts';
import { topKOverlap } from '../../study/metrics/overlap.ts';
import { logSumExp } from '../../study/metrics/softmax.ts';

/** What a model makes of a query. */
export interface Outcome {
  /** The prediction: softmax of the scores. // [K] */
  readonly mass: Float64Array;
  /** 1 for the K highest-scored keys, where K keys are true. // [K] */
  readonly isTop: Uint8Array;
  /** Undefined if no key is true. */
  readonly kl: number | undefined;
  readonly overlap: number | undefined;
}

/** @param scores // [K]; @param isTrue // [K] */
export function outcomeOf(scores: Float32Array, isTrue: Uint8Array): Outcome {
  const normaliser = logSumExp(scores);
  const count = isTrue.reduce((sum, bit) => sum + bit, 0);
  const ranked = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const isTop = new Uint8Array(scores.length);
  for (const key of ranked.slice(0, count)) isTop[key] = 1;
  return {
    mass: Float64Array.from(scores, (score) => Math.exp(score - normaliser)),
    isTop,
    kl: count === 0 ? undefined : klDivergence(scores, isTrue),
    overlap: count === 0 ? undefined : topKOverlap(scores, isTrue),
  };
}
