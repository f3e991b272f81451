import { logSumExp } from './softmax.ts';

/** Share of the softmax of a query's scores that is on keys that are not true. */
export function falseMass(scores: ArrayLike<number>, isTrue: ArrayLike<number>): number {
  const normaliser = logSumExp(scores);
  let mass = 0;
  for (let k = 0; k < scores.length; k++) {
    if (isTrue[k] === 0) mass += Math.exp(scores[k] - normaliser);
  }
  return mass;
}
