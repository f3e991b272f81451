import { logSumExp } from './softmax.ts';

/** Entropy, in nats, of the softmax of a query's scores over all keys: -sum_k p_k log p_k. */
export function predictionEntropy(scores: ArrayLike<number>): number {
  const normaliser = logSumExp(scores);
  let entropy = 0;
  for (let k = 0; k < scores.length; k++) {
    const logP = scores[k] - normaliser;
    const p = Math.exp(logP);
    if (p > 0) entropy -= p * logP;
  }
  return entropy;
}
