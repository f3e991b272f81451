import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { nodesFor } from '../../../src/engine/graph/graph.ts';
import { compile, layerNorm, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { optimise } from '../../../src/engine/passes/optimise.ts';
import { producer } from '../../../src/engine/passes/uses.ts';
import { trace } from '../../../src/engine/trace/trace.ts';
import { numbers } from '../transformer.ts';

type Function = (inputs: NamedTensors) => Tensor;

function float(...shape: number[]) {
  return { shape, dtype: 'float32' as const };
}
const INPUTS = {
  a: float(3, 4),
  b: float(4, 5),
  row: float(5),
  square: float(3, 5),
  weight: float(5, 5),
};

function definition(f: Function) {
  return {
    inputs: INPUTS,
    state: {},
    step: (inputs: NamedTensors) => ({ outputs: { y: f(inputs) } }),
  };
}

/** Operations of the optimised graph, and the same results as on tfjs's cpu backend. */
async function optimised(f: Function): Promise<string[]> {
  const values = Object.fromEntries(
    Object.entries(INPUTS).map(([name, { shape }], i) => {
      const random = numbers(i + 1);
      return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random)];
    }),
  );
  const [ours, cpu] = [
    await compile(definition(f), { backend: 'onnxruntime' }),
    await compile(definition(f), { backend: 'cpu' }),
  ];
  const [got, want] = [(await ours.run(values)).y, (await cpu.run(values)).y];
  for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 5);
  await ours.dispose();
  const outputs = [...trace(definition(f)).outputs.values()];
  optimise(outputs);
  return nodesFor(outputs).map(({ op }) => op);
}

function product({ a, b }: NamedTensors) {
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
}

test('a factor after a product becomes its alpha', async () => {
  expect(await optimised((x) => tf.mul(product(x), 0.25))).toEqual(['FusedMatMul']);
  expect(await optimised((x) => tf.mul(-3, tf.mul(product(x), 0.25)))).toEqual(['FusedMatMul']);
});

test('a factor before a product becomes its alpha, on either side', async () => {
  const scaled: Function = ({ a, b }) =>
    tf.matMul(tf.mul(a, 0.25) as tf.Tensor2D, tf.mul(b, 3) as tf.Tensor2D);
  expect(await optimised(scaled)).toEqual(['FusedMatMul']);
});

test('a factor stays where what it scales is needed for something else', async () => {
  const both: Function = (x) => {
    const scores = product(x);
    return tf.add(tf.mul(scores, 0.25), tf.exp(scores));
  };
  expect(await optimised(both)).toContain('Mul');
  const kept: Function = ({ a, b, square }) => {
    const half = tf.mul(a, 0.5);
    const y = tf.matMul(half as tf.Tensor2D, b as tf.Tensor2D);
    return tf.add(tf.mul(y, square), tf.sum(half));
  };
  expect(await optimised(kept)).toContain('Mul');
});

test('a factor that widens what it scales stays', async () => {
  const widened: Function = ({ a, b, row }) =>
    tf.mul(
      tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
      tf.reshape(tf.slice(row, 0, 1), [1, 1, 1]),
    );
  expect(await optimised(widened)).toContain('Mul');
});

test('a row added to a product of matrices becomes the bias of one Gemm', async () => {
  expect(await optimised((x) => tf.add(product(x), x.row))).toEqual(['Gemm']);
  expect(await optimised((x) => tf.add(x.row, tf.mul(product(x), 2)))).toEqual(['Gemm']);
});

test('a matrix added to a product becomes part of the same Gemm', async () => {
  expect(await optimised((x) => tf.add(product(x), x.square))).toEqual(['Gemm']);
  const twice: Function = (x) =>
    tf.add(product(x), tf.matMul(x.square as tf.Tensor2D, x.weight as tf.Tensor2D));
  expect((await optimised(twice)).toSorted()).toEqual(['FusedMatMul', 'Gemm']);
});

test('anything but a row or a matrix is added as it is', async () => {
  expect(await optimised((x) => tf.add(product(x), tf.sum(x.row)))).toContain('Add');
});

test('a product that is read twice is computed once', async () => {
  const twice: Function = (x) => {
    const y = product(x);
    return tf.mul(tf.add(y, x.row), y);
  };
  expect((await optimised(twice)).filter((op) => op === 'FusedMatMul')).toHaveLength(1);
});

test('a sum of squares is one operation, unless the squares are needed', async () => {
  expect(await optimised(({ a }) => tf.sum(tf.square(a)))).toEqual(['ReduceSumSquare']);
  expect(await optimised(({ a }) => tf.sum(tf.square(a), 1))).toEqual(['ReduceSumSquare']);
  const both: Function = ({ a }) => tf.mul(tf.square(a), tf.sum(tf.square(a)));
  expect(await optimised(both)).toContain('ReduceSum');
  const products: Function = ({ row }) => tf.sum(tf.mul(row, tf.reverse(row)));
  expect(await optimised(products)).toContain('ReduceSum');
});

test('the slope of a relu is read off its result', async () => {
  const slope: Function = (x) => {
    const y = tf.add(product(x), x.row);
    return tf.mul(tf.relu(y), tf.grad((z: Tensor) => tf.sum(tf.relu(z)))(y));
  };
  await optimised(slope);
  const outputs = [...trace(definition(slope)).outputs.values()];
  optimise(outputs);
  const nodes = nodesFor(outputs);
  const readers = nodes.filter(({ inputs }) =>
    inputs.some((value) => producer(value, 'Gemm') !== undefined),
  );
  expect(readers).toEqual([]);
  expect(nodes.map(({ op }) => op)).toContain('FusedGemm');
});

test('a relu of a product with a bias is part of it, unless the product itself is needed', async () => {
  const biased: Function = (x) => tf.add(product(x), x.row);
  expect(await optimised((x) => tf.relu(biased(x)))).toEqual(['FusedGemm']);
  const both: Function = (x) => tf.mul(biased(x), tf.relu(biased(x)));
  expect(await optimised(both)).toEqual(['Gemm', 'Relu', 'Mul']);
});

test('transposed values are added up before they are transposed', async () => {
  const flipped: Function = (x) => tf.transpose(product(x));
  const sum: Function = (x) => tf.add(flipped(x), tf.transpose(x.square));
  expect(await optimised(sum)).toEqual(['Gemm', 'Transpose']);
  const three: Function = (x) => tf.add(sum(x), tf.transpose(tf.exp(x.square)));
  expect((await optimised(three)).filter((op) => op === 'Transpose')).toHaveLength(1);
  expect(await optimised((x) => tf.mul(sum(x), flipped(x)))).toContain('Add');
});

test('a product over many rows is one of the smaller operand, transposed', async () => {
  const rows = 512;
  const ops = async (p: number, q: number) => {
    const step = {
      inputs: { x: float(rows, p), dy: float(rows, q) },
      state: {},
      step: ({ x, dy }: NamedTensors) => ({
        outputs: { y: tf.matMul(x as tf.Tensor2D, dy as tf.Tensor2D, true) },
      }),
    };
    const random = numbers(p);
    const values = {
      x: Float32Array.from({ length: rows * p }, random),
      dy: Float32Array.from({ length: rows * q }, random),
    };
    const [ours, cpu] = [
      await compile(step, { backend: 'onnxruntime' }),
      await compile(step, { backend: 'cpu' }),
    ];
    const [got, want] = [(await ours.run(values)).y, (await cpu.run(values)).y];
    for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 3);
    await ours.dispose();
    return nodesFor([...trace(step).outputs.values()]).map(({ op }) => op);
  };
  expect(await ops(3, 40)).toEqual(['Transpose', 'FusedMatMul']);
  expect(await ops(40, 3)).toEqual(['Transpose', 'FusedMatMul', 'Transpose']);
  expect(await ops(3, 5)).toEqual(['FusedMatMul']);
});

test('layer norm is one operation', async () => {
  expect(await optimised(({ a }) => layerNorm(a))).toEqual(['LayerNormalization']);
});

test('the gradient of layer norm is the slope along every number', async () => {
  const weights = (x: Tensor) => tf.mul(layerNorm(x, 1e-3), tf.tensor([[1, -2, 0.5, 3]]));
  const f: Function = ({ a }) => tf.grad((x: Tensor) => tf.sum(weights(x)))(a);
  await optimised(f);
  const a = Float64Array.of(0.3, -1.2, 0.7, 0.1);
  const at = (x: Float64Array) => {
    const mean = x.reduce((s, v) => s + v) / 4;
    const variance = x.reduce((s, v) => s + (v - mean) ** 2, 0) / 4;
    return [1, -2, 0.5, 3].reduce(
      (sum, w, i) => sum + (w * (x[i] - mean)) / Math.sqrt(variance + 1e-3),
      0,
    );
  };
  const program = await compile({
    inputs: { a: float(1, 4) },
    state: {},
    step: (inputs) => ({ outputs: { slope: f(inputs) } }),
  });
  const { slope } = await program.run({ a: Float32Array.from(a) });
  for (let i = 0; i < 4; i++) {
    const [up, down] = [1e-6, -1e-6].map((h) => at(a.map((v, j) => (i === j ? v + h : v))));
    expect(slope[i]).toBeCloseTo((up - down) / 2e-6, 4);
  }
  await program.dispose();
});

describe('additions of three or more short vectors', () => {
  const { sin, cos, exp, add } = tf;

  test('become one sum, from first to last', async () => {
    const f: Function = ({ row }) => add(add(sin(row), add(cos(row), row)), exp(row));
    expect(await optimised(f)).toEqual(['Sin', 'Cos', 'Exp', 'Sum']);
    const [y] = trace(definition(f)).outputs.values();
    optimise([y]);
    const terms = producer(y, 'Sum')?.inputs ?? [];
    expect(terms.map((value) => value?.source.kind === 'node' && value.source.node.op)).toEqual([
      'Sin',
      'Cos',
      false,
      'Exp',
    ]);
  });

  test('stay where one in between is needed for something else', async () => {
    const both: Function = ({ row }) => {
      const two = add(sin(row), cos(row));
      return tf.mul(add(two, exp(row)), two);
    };
    expect(await optimised(both)).toEqual(['Sin', 'Cos', 'Add', 'Exp', 'Add', 'Mul']);
  });

  test('stay where they broadcast, are numbers or matrices, or are two', async () => {
    const widened: Function = ({ row, square }) => add(add(sin(row), cos(row)), square);
    expect(await optimised(widened)).not.toContain('Sum');
    const norm: Function = ({ a, b, row }) => tf.addN([tf.sum(a), tf.sum(b), tf.sum(row)]);
    expect(await optimised(norm)).not.toContain('Sum');
    expect(await optimised(({ row }) => add(sin(row), cos(row)))).not.toContain('Sum');
    const matrices: Function = ({ a }) => add(add(sin(a), cos(a)), exp(a));
    expect(await optimised(matrices)).not.toContain('Sum');
  });
});

test('a reduction whose axes are put back keeps them itself', async () => {
  const f: Function = ({ a }) => tf.reshape(tf.mean(tf.sin(a), 0), [1, 4]);
  expect(await optimised(f)).toEqual(['Sin', 'ReduceMean']);
  expect(await optimised(({ a }) => tf.reshape(tf.sum(a, 0), [2, 2]))).toContain('Reshape');
  const both: Function = ({ a }) => {
    const sum = tf.sum(tf.sin(a), 0);
    return tf.mul(tf.reshape(sum, [1, 4]), tf.cos(sum));
  };
  expect(await optimised(both)).toContain('Reshape');
});
