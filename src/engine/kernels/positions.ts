import type { Graph, Value } from '../graph/graph.ts';
import { castValue, full, type Symbolic } from './symbolic.ts';

/**
 * Positions that must be in range, for ONNX operations that would count negative ones from the end.
 * Constants are checked here; in others a negative position becomes one far out of range, so that the
 * operation fails when it runs.
 *
 * @param limits exclusive; one, or one per number of the last axis
 * @throws Error when a constant is out of range
 */
export function checkedPositions(
  graph: Graph,
  positions: Symbolic,
  limits: readonly number[],
): Value {
  const { source, shape } = positions.value;
  const value = full(graph, positions);
  if (source.kind !== 'constant') {
    return castValue(graph, castValue(graph, value, 'uint32'), 'int64');
  }
  // One number for all of them is within every limit.
  const bounds = shape.length === 0 ? [Math.min(...limits)] : limits;
  for (let i = 0; i < source.data.length; i++) {
    const [position, limit] = [Number(source.data[i]), bounds[i % bounds.length]];
    if (position < 0 || position >= limit) {
      throw new Error(`the index value ${position} is not in [0, ${limit - 1}]`);
    }
  }
  return value;
}
