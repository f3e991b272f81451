import { expect, test } from 'vitest';
import type { Backend, TensorValues } from '../../src/engine/index.ts';
import { compile } from '../../src/engine/index.ts';
import { batchOf, type Size, trainingStep } from './transformer.ts';

const size: Size = { batch: 6, length: 5, width: 8, heads: 2, layers: 2 };

const train = async (backend: Backend, steps = 3) => {
  const program = await compile(trainingStep(size), { backend });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.run(batchOf(size, i))).loss[0]);
  const state = await program.readState();
  await program.dispose();
  return { losses, state };
};

/** Relative Euclidean distance. */
const distance = (a: TensorValues, b: TensorValues): number => {
  const norm = (f: (i: number) => number) => Math.hypot(...Array.from(a, (_, i) => f(i)));
  return norm((i) => a[i] - b[i]) / (norm((i) => b[i]) + 1e-12);
};

test('three training steps equal those on the cpu backend of tfjs', async () => {
  const compiled = await train('onnxruntime');
  const eager = await train('cpu');
  for (const [i, loss] of compiled.losses.entries()) {
    expect(Math.abs(loss - eager.losses[i]) / eager.losses[i]).toBeLessThan(1e-5);
  }
  for (const [name, values] of Object.entries(compiled.state)) {
    expect(distance(values, eager.state[name]), name).toBeLessThan(1e-3);
  }
});

test('the same seed gives the same bytes', async () => {
  const [first, second] = [await train('onnxruntime'), await train('onnxruntime')];
  expect(first).toEqual(second);
});

test('a state written back continues where it was read', async () => {
  const straight = await train('onnxruntime', 4);
  const program = await compile(trainingStep(size), { backend: 'onnxruntime' });
  const first = await compile(trainingStep(size), { backend: 'onnxruntime' });
  for (let i = 0; i < 3; i++) await first.run(batchOf(size, i));
  await program.writeState(await first.readState());
  await program.run(batchOf(size, 3));
  expect(await program.readState()).toEqual(straight.state);
});
