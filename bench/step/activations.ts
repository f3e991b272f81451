import { nodesFor, sizeOf, type Value } from '../../src/engine/graph/graph.ts';
import type { StepDefinition } from '../../src/engine/index.ts';
import { optimise } from '../../src/engine/passes/optimise.ts';
import { trace } from '../../src/engine/trace/trace.ts';

const BYTES = {
  float32: 4,
  int32: 4,
  int64: 8,
  uint32: 4,
  bool: 1,
  float16: 2,
  bfloat16: 2,
} as const;

/** The tensor that holds the data: a reshaped tensor shares it with its operand. */
function stored(value: Value): Value {
  const { source } = value;
  if (source.kind !== 'node' || source.node.op !== 'Reshape') return value;
  const [origin] = source.node.inputs;
  return origin === undefined ? value : stored(origin);
}

/**
 * Bytes that the forward pass computes and the backward pass reads: all values that the loss depends on
 * and that a node it does not depend on reads.
 */
export function activationBytes(definition: StepDefinition, loss: string): number {
  const { outputs, nextState } = trace(definition);
  const all = [...outputs.values(), ...nextState.values()];
  optimise(all);
  const lossValue = outputs.get(loss);
  if (lossValue === undefined) throw new Error(`the step has no output ${loss}`);
  const forward = new Set(nodesFor([lossValue]).map(({ id }) => id));
  const kept = new Set<Value>();
  for (const node of nodesFor(all)) {
    if (forward.has(node.id) || node.op === 'Reshape') continue;
    for (const input of node.inputs) {
      const value = input && stored(input);
      if (value?.source.kind === 'node' && forward.has(value.source.node.id)) kept.add(value);
    }
  }
  return [...kept].reduce((sum, { shape, type }) => sum + sizeOf(shape) * BYTES[type], 0);
}
