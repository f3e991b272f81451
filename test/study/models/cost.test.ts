import { expect, test } from 'vitest';
import { nodesFor } from '../../../src/engine/graph/graph.ts';
import { trace } from '../../../src/engine/trace/trace.ts';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { queryFlops } from '../../../src/study/models/cost.ts';
import { keyScores } from '../../../src/study/models/model.ts';
import { querySpecs, queryTensors } from '../../../src/study/models/queries.ts';
import { configuration, parametersOf } from './fixtures.ts';

/** Tokens of a query of three pairs. */
const T = 10;

/** Floating-point operations of all products in the graph of a batch's scores. */
function productFlops(config: ModelConfiguration, size: number): number {
  const { outputs } = trace({
    inputs: querySpecs(config, size, T),
    state: Object.fromEntries(
      Object.entries(parametersOf(config)).map(([name, parameter]) => [
        name,
        { ...parameter, dtype: 'float32' as const },
      ]),
    ),
    step: (inputs, p) => ({ outputs: { scores: keyScores(p, config, queryTensors(inputs)) } }),
  });
  const products = nodesFor([...outputs.values()]).filter(({ op }) => op === 'FusedMatMul');
  return products.reduce((sum, { inputs: [a], outputs: [y] }) => {
    const elements = (shape: readonly number[] = []) => shape.reduce((x, one) => x * one, 1);
    // [.., m, k] or [.., k, m] times what gives [.., m, n].
    const rows = elements(y.shape.slice(0, -1));
    return sum + 2 * elements(y.shape) * (elements(a?.shape) / rows);
  }, 0);
}

const sized = (
  model: ModelConfiguration['model'],
  layers: number,
  width: number,
  pooling: 'mean' | 'start',
) => configuration({ model, encoder: { layers, width, heads: 2, feedForward: 12, pooling } });

test.each([
  sized('contrastive', 3, 8, 'mean'),
  sized('contrastive', 3, 8, 'start'),
  sized('contrastive', 1, 8, 'start'),
  sized('contrastive', 3, 64, 'mean'),
  sized('contrastive', 1, 64, 'start'),
  sized('noncontrastive', 6, 8, 'mean'),
  sized('noncontrastive', 6, 64, 'mean'),
  sized('noncontrastive', 2, 64, 'mean'),
])('counts the products that one more query takes: $model, $encoder', (config) => {
  expect(productFlops(config, 5) - productFlops(config, 4)).toBe(queryFlops(config, T));
});
