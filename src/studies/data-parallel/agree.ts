import { ALL_REDUCE, broadcast, gatherSum } from './collectives.ts';
import type { Exchange } from './exchange.ts';
import type { Method, Run } from './tables.ts';

/** How the workers of a training exchange gradients; one process has nobody to exchange them with. */
export function methodOf(run: Run): Method {
  return run === 'master' || run === 'tree' ? run : 'ring';
}

/**
 * The next parameters, which all workers agree on: the master applies the sum of their gradients and sends the result,
 * or each of them applies the sum.
 *
 * @param gradient of this worker; overwritten
 * @param apply computes the next parameters from the sum
 */
export async function nextParameters(
  run: Run,
  gradient: Float32Array,
  exchange: Exchange,
  apply: (sum: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const method = methodOf(run);
  if (method !== 'master') {
    await ALL_REDUCE[method](gradient, exchange);
    return apply(gradient);
  }
  await gatherSum(gradient, exchange);
  // Others have nothing to apply: the array is only room for what they receive.
  const next = exchange.rank === 0 ? await apply(gradient) : gradient;
  await broadcast(next, exchange);
  return next;
}
