import type { ModelConfiguration } from './configuration.ts';
import { embeddingParameters } from './embedding.ts';
import { factoredVectors } from './fast/factored.ts';
import { halfLayers } from './noncontrastive.ts';

/**
 * Floating-point operations of one query's scores against all keys, a multiply-add counted as two.
 * Only matrix products, and only of rows that belong to one query, are counted. A training step is three times that per
 * query: the gradient of a product is two products.
 *
 * @param length T, tokens per query
 */
export function queryFlops(config: ModelConfiguration, length: number): number {
  const { width: w, feedForward: f, layers, pooling } = config.encoder;
  const T = length;
  const K = config.keys;
  const tables = Object.values(embeddingParameters(config)).map(({ shape }) => shape);
  const n = factoredVectors(tables);
  /** Rows to `count` of their queries, keys and values. */
  const projections = (rows: number, count: number) => rows * count * 2 * w * w;
  /** Rows that attend over T tokens, and the output layer. */
  const attention = (rows: number) => rows * (4 * T * w + 2 * w * w);
  const network = (rows: number) => rows * 4 * w * f;
  const layer = projections(T, 3) + attention(T) + network(T);
  /** The embedding, and what `count` projected rows cost more in the first layer than in others. */
  const embedding = (count: number) =>
    n === undefined ? 0 : T * 2 * n * w + count * 2 * (n - w) * w;
  if (config.model === 'noncontrastive') {
    const half = halfLayers(config);
    // The first layer's key tokens are the same for all queries.
    const keys = (half - 1) * projections(K, 3) + half * (attention(K) + network(K));
    const head = K * 2 * (w * w + w);
    return (
      embedding((half === 1 ? 2 : 3) * T) + (half - 1) * layer + projections(T, 2) + keys + head
    );
  }
  const d = config.dim ?? 0;
  const last =
    pooling === 'start'
      ? projections(T, 2) + projections(1, 1) + attention(1) + network(1)
      : projections(T, 3) + attention(T) + T * 2 * w * f + 2 * w * f;
  const first = pooling === 'start' && layers === 1 ? 2 * T + 1 : 3 * T;
  return embedding(first) + (layers - 1) * layer + last + 2 * w * d + 2 * d * K;
}
