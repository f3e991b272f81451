/** log sum_k exp(scores_k), without overflow. */
export function logSumExp(scores: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < scores.length; k++) most = Math.max(most, scores[k]);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += Math.exp(scores[k] - most);
  return most + Math.log(sum);
}
