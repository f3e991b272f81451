import type { ModelConfiguration } from './configuration.ts';
import { halfLayers } from './noncontrastive.ts';

/**
 * Floating-point operations of one query's scores against all keys, a multiply-add counted as two;
 * matrix products only. A training step is three times that per query: the gradient of a product
 * is two products.
 *
 * @param length T, tokens per query
 */
export function queryFlops(config: ModelConfiguration, length: number): number {
  const { width: w, feedForward: f, layers, pooling } = config.encoder;
  const T = length;
  const K = config.keys;
  /** Rows whose queries attend over `seen` tokens, and their two linear layers. */
  const attention = (rows: number, seen: number) => rows * (8 * w * w + 4 * seen * w);
  const network = (rows: number) => rows * 4 * w * f;
  const layer = attention(T, T) + network(T);
  if (config.model === 'noncontrastive') {
    const half = halfLayers(config);
    const keyValue = T * 4 * w * w;
    const keys = half * (attention(K, T + 1) + network(K));
    return (half - 1) * layer + keyValue + keys + K * 2 * (w * w + w);
  }
  const d = config.dim ?? 0;
  const last =
    pooling === 'start'
      ? T * 4 * w * w + attention(1, T) + network(1)
      : attention(T, T) + T * 2 * w * f + 2 * w * f;
  return (layers - 1) * layer + last + 2 * w * d + 2 * d * K;
}
