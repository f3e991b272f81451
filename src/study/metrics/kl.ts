import { logSumExp } from './softmax.ts';

/**
 * Kullback-Leibler divergence, in nats, from the softmax of a query's scores over all keys of the
 * deck to the uniform distribution over its n true keys:
 *
 *   KL = sum_{k true} 1/n log( (1/n) / p_k ) = -log n - mean_{k true} log p_k
 *
 * @param scores of all keys; @param isTrue 1 at the true keys, of which there is at least one
 */
export function klDivergence(scores: ArrayLike<number>, isTrue: ArrayLike<number>): number {
  const normaliser = logSumExp(scores);
  let count = 0;
  let logP = 0;
  for (let k = 0; k < scores.length; k++) {
    if (isTrue[k] === 0) continue;
    count++;
    logP += scores[k] - normaliser;
  }
  return -Math.log(count) - logP / count;
}
