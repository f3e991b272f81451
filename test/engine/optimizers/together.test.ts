import { expect, test } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  compile,
  either,
  globalNorm,
  muon,
  type NamedTensors,
  type StepDefinition,
  storeTogether,
  tf,
  valueAndGradients,
} from '../../../src/engine/index.ts';

type State = StepDefinition['state'];

/** Numbers that differ from parameter to parameter. */
function parametersOf(shapes: Readonly<Record<string, readonly number[]>>): State {
  let next = 0;
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = Float32Array.from({ length: size }, () => Math.sin(++next));
      return [name, { shape, dtype: 'float32' as const, values }];
    }),
  );
}

const SHAPES = { table: [5, 2], a: [3, 4], bias: [4], scale: [], b: [3, 4], c: [4, 3] };
const isMatrix = (name: string) => name.length === 1;

test('matrices of one shape are a stack, other parameters one vector, in their order', () => {
  const parameters = parametersOf(SHAPES);
  const { state, matrices, valuesOf } = storeTogether(parameters, { isMatrix });
  const shapes = Object.entries(state).map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual([
    ['vector', [15]],
    ['stack/3x4', [2, 3, 4]],
    ['stack/4x3', [1, 4, 3]],
  ]);
  expect([...matrices]).toEqual(['stack/3x4', 'stack/4x3']);
  const stored = Object.fromEntries(
    Object.entries(state).map(([name, { values }]) => [name, values]),
  );
  const values = Object.entries(parameters).map(([name, { values }]) => [name, values]);
  expect(valuesOf(stored)).toEqual(Object.fromEntries(values));
});

test('a parameter that is apart, and all those of a large model, are stored as they are', () => {
  const small = parametersOf({ ...SHAPES, vector: [2] });
  const apart = storeTogether(small, { isApart: (name) => name === 'vector' });
  expect(Object.keys(apart.state)).toEqual(['vector_', 'vector']);
  expect(apart.state.vector).toBe(small.vector);
  const large = parametersOf({ a: [256, 128], b: [2, 2], bias: [3] });
  const stored = storeTogether(large, { isMatrix });
  expect(stored.state).toEqual(large);
  expect([...stored.matrices]).toEqual(['a', 'b']);
});

test('packing what was unpacked gives what is stored', () => {
  const { state, pack, unpack } = storeTogether(parametersOf(SHAPES), { isMatrix });
  const contents = (tensors: NamedTensors) =>
    Object.entries(tensors).map(([name, tensor]) => [name, tensor.shape, [...tensor.dataSync()]]);
  tf.tidy(() => {
    const stored = Object.fromEntries(
      Object.entries(state).map(([name, { shape, values }]) => [
        name,
        tf.tensor(values, [...shape]),
      ]),
    );
    const unpacked = unpack(stored);
    expect(Object.keys(unpacked).sort()).toEqual(Object.keys(SHAPES).sort());
    expect(contents(pack(unpacked))).toEqual(contents(stored));
  });
});

/** Some steps of Adam and Muon on a small network whose parameters are stored together, or one by one. */
async function trained(isTogether: boolean) {
  const parameters = parametersOf({ a: [3, 4], b: [3, 4], c: [4, 2], bias: [2], scale: [] });
  const stored = storeTogether(
    parameters,
    isTogether ? { isMatrix } : { isMatrix, isApart: () => true },
  );
  const optimizer = either((name) => stored.matrices.has(name), muon(), adam());
  const names = Object.keys(stored.state);
  const program = await compile({
    inputs: { x: { shape: [6, 3], dtype: 'float32' }, rate: { shape: [], dtype: 'float32' } },
    state: { ...stored.state, ...optimizer.initialState(stored.state) },
    step: ({ x, rate }, state) => {
      const own = Object.fromEntries(names.map((name) => [name, state[name]]));
      const { value, gradients } = valueAndGradients((p) => {
        const hidden = tf.add(
          tf.relu(tf.matMul(x as tf.Tensor2D, p.a as tf.Tensor2D)),
          tf.matMul(x as tf.Tensor2D, p.b as tf.Tensor2D),
        );
        const y = tf.add(tf.matMul(hidden as tf.Tensor2D, p.c as tf.Tensor2D), p.bias);
        return tf.mean(tf.square(tf.sub(tf.mul(y, p.scale), 1)));
      }, stored.unpack(own));
      const norm = globalNorm(gradients);
      const clipped = clipByGlobalNorm(stored.pack(gradients), 0.5, norm);
      const next = optimizer.update({
        parameters: own,
        gradients: clipped.gradients,
        state,
        learningRate: rate,
      });
      return { outputs: { loss: value, norm }, state: { ...next.parameters, ...next.state } };
    },
  });
  const x = Float32Array.from({ length: 18 }, (_, i) => Math.cos(i));
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const { loss } = await program.run({ x, rate: Float32Array.of(0.05) });
    losses.push(loss[0]);
  }
  const values = stored.valuesOf(await program.readState());
  await program.dispose();
  return { losses, values };
}

test('a training whose parameters are stored together is that of parameters stored one by one', async () => {
  const together = await trained(true);
  const single = await trained(false);
  expect(together.losses[4]).toBeLessThan(together.losses[0]);
  for (const [i, loss] of single.losses.entries()) expect(together.losses[i]).toBeCloseTo(loss, 5);
  expect(Object.keys(together.values).sort()).toEqual(Object.keys(single.values).sort());
  for (const [name, values] of Object.entries(single.values)) {
    for (const [i, value] of values.entries()) {
      expect(together.values[name][i], name).toBeCloseTo(value, 4);
    }
  }
});
