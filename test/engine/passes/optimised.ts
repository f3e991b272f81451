import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { printGraph } from '../../../src/engine/graph/print.ts';
import { compile, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { optimise } from '../../../src/engine/passes/optimise.ts';
import { trace } from '../../../src/engine/trace/trace.ts';
import { numbers } from '../transformer.ts';

export type Subject = (inputs: NamedTensors) => Tensor;

export function float(...shape: number[]) {
  return { shape, dtype: 'float32' as const };
}

const INPUTS = {
  a: float(3, 4),
  b: float(4, 5),
  row: float(5),
  square: float(3, 5),
  weight: float(5, 5),
};

/** a b // [3, 5] */
export function product({ a, b }: NamedTensors): Tensor {
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
}

/** The optimised graph of `f`, printed; its results must be those of tfjs's cpu backend. */
export async function optimised(f: Subject): Promise<string> {
  const definition = {
    inputs: INPUTS,
    state: {},
    step: (inputs: NamedTensors) => ({ outputs: { y: f(inputs) } }),
  };
  const values = Object.fromEntries(
    Object.entries(INPUTS).map(([name, { shape }], i) => {
      const random = numbers(i + 1);
      return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random)];
    }),
  );
  const [ours, cpu] = [
    await compile(definition, { backend: 'onnxruntime' }),
    await compile(definition, { backend: 'cpu' }),
  ];
  const [got, want] = [(await ours.run(values)).y, (await cpu.run(values)).y];
  for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 5);
  await ours.dispose();
  const { outputs } = trace(definition);
  optimise([...outputs.values()]);
  return printGraph(outputs);
}

/** Operations of a printed graph, in order. */
export function operationsIn(graph: string): string[] {
  return [...graph.matchAll(/ = (\w+)\(/g)].map(([, op]) => op);
}
