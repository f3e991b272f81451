/**
 * KL(softmax of a || softmax of b) per row of scores, in nats: how far two models' predictions are
 * apart. // a, b [count, keys] -> [count]
 */
export function predictionDivergence(
  a: Float32Array,
  b: Float32Array,
  count: number,
  keys: number,
): Float64Array {
  const divergence = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const p = logSoftmax(a.subarray(row * keys, (row + 1) * keys));
    const q = logSoftmax(b.subarray(row * keys, (row + 1) * keys));
    for (let key = 0; key < keys; key++) divergence[row] += Math.exp(p[key]) * (p[key] - q[key]);
  }
  return divergence;
}

function logSoftmax(scores: Float32Array): Float64Array {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
  return Float64Array.from(scores, (score) => score - largest - Math.log(total));
}
