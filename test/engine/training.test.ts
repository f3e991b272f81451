import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/engine/index.ts';
import { compile, tf } from '../../src/engine/index.ts';
import { describeBackends } from '../../src/engine/programs/backends.ts';
import { batchOf, type Size, trainingStep } from './transformer.ts';

const size: Size = { batch: 6, length: 5, width: 8, heads: 2, layers: 2 };

async function train(backend: Backend, steps = 3) {
  const program = await compile(trainingStep(size), { backend });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.run(batchOf(size, i))).loss[0]);
  const state = await program.readState();
  await program.dispose();
  return { losses, state };
}

/** Relative Euclidean distance. */
function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, i) => x - b[i])) / Math.hypot(...b);
}

const { backends } = await describeBackends();
const tensorflow = backends.find(({ name }) => name === 'tensorflow');
const why = tensorflow?.works ? '' : ` (skipped: ${tensorflow?.detail})`;

describe.each([
  ['cpu', true, ''],
  ['tensorflow', tensorflow?.works ?? false, why],
] as const)('parity with the %s backend', (backend, works, note) => {
  test.skipIf(!works)(`three training steps agree to within 1e-4${note}`, async () => {
    const compiled = await train('onnxruntime');
    const eager = await train(backend);
    expect(distance(compiled.losses, eager.losses)).toBeLessThan(1e-4);
    for (const [i, loss] of compiled.losses.entries()) {
      expect(Math.abs(loss - eager.losses[i]) / eager.losses[i]).toBeLessThan(1e-4);
    }
    // Some parameters' gradients are zero but for rounding, which Adam scales up.
    const all = (state: typeof eager.state) =>
      Object.keys(eager.state).flatMap((name) => [...state[name]]);
    expect(distance(all(compiled.state), all(eager.state))).toBeLessThan(1e-4);
    for (const name of ['tokens', 'keys', 'head', '0.qkv', '1.down', 'adam/first/packed']) {
      const [own, other] = [compiled.state[name], eager.state[name]];
      expect(distance([...own], [...other]), name).toBeLessThan(1e-4);
    }
  });
});

test('the same seed gives the same bytes', async () => {
  const [first, second] = [await train('onnxruntime'), await train('onnxruntime')];
  expect(first).toEqual(second);
});

test('training continues from a state that is written back', async () => {
  const straight = await train('onnxruntime', 4);
  const program = await compile(trainingStep(size), { backend: 'onnxruntime' });
  const first = await compile(trainingStep(size), { backend: 'onnxruntime' });
  for (let i = 0; i < 3; i++) await first.run(batchOf(size, i));
  await program.writeState(await first.readState());
  await program.run(batchOf(size, 3));
  expect(await program.readState()).toEqual(straight.state);
});

test('reading the state during a run gives the state before that run', async () => {
  const program = await compile(trainingStep(size), { backend: 'onnxruntime' });
  await program.run(batchOf(size, 0));
  const before = await program.readState();
  const running = program.run(batchOf(size, 1));
  const during = await program.readState();
  await running;
  const after = await program.readState();
  expect(during).toEqual(before);
  expect(after).not.toEqual(before);
  const undisturbed = await compile(trainingStep(size), { backend: 'onnxruntime' });
  for (const step of [0, 1]) await undisturbed.run(batchOf(size, step));
  expect(after).toEqual(await undisturbed.readState());
  for (const each of [program, undisturbed]) await each.dispose();
});

test('a step allocates no arrays for the state that it writes', async () => {
  const length = 2 ** 20;
  const program = await compile(
    {
      inputs: {},
      state: { x: { shape: [length], dtype: 'float32', values: new Float32Array(length) } },
      step: (_, { x }) => ({ outputs: { first: tf.slice(x, 0, 1) }, state: { x: tf.add(x, 1) } }),
    },
    { backend: 'onnxruntime' },
  );
  await program.run({});
  const before = process.memoryUsage().arrayBuffers;
  await program.run({});
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((length * 4) / 2);
  const { x } = await program.readState();
  expect([x[0], x[length - 1]]).toEqual([2, 2]);
  await program.dispose();
});
