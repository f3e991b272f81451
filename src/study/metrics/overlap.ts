/**
 * Top-K overlap: the share of the K highest-scored keys that are true, K being the number of true
 * keys. Where scores are tied at the K-th place, the expectation over breaking the ties at random:
 * with a true keys among the m scored above the tie, and t of the tied e keys true,
 *
 *   overlap = ( a + (K - m) t / e ) / K
 *
 * so that equal scores for all keys give what guessing gives, whatever the keys' order.
 *
 * @param scores of all keys; @param isTrue 1 at the true keys, of which there is at least one
 */
export function topKOverlap(scores: ArrayLike<number>, isTrue: ArrayLike<number>): number {
  let K = 0;
  for (let k = 0; k < scores.length; k++) K += isTrue[k];
  const threshold = Float64Array.from(scores).sort()[scores.length - K];
  let above = 0;
  let trueAbove = 0;
  let tied = 0;
  let trueTied = 0;
  for (let k = 0; k < scores.length; k++) {
    if (scores[k] > threshold) {
      above++;
      trueAbove += isTrue[k];
    } else if (scores[k] === threshold) {
      tied++;
      trueTied += isTrue[k];
    }
  }
  return (trueAbove + ((K - above) * trueTied) / tied) / K;
}
