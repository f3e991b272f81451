import { expect, test } from 'vitest';
import { compile } from '../../../src/engine/index.ts';
import { automaticBackend, describeBackends } from '../../../src/engine/programs/backends.ts';
import { failureOf } from '../failure.ts';

test('auto takes a backend that works, and says why', async () => {
  const { chosen, why, backends } = await describeBackends();
  expect(backends.map(({ name }) => name)).toEqual(['tensorflow', 'onnxruntime', 'cpu']);
  expect(backends.find(({ name }) => name === chosen)?.works).toBe(true);
  expect(why).toMatch(/gpu|cpu/);
  const [tensorflow, onnxruntime] = backends;
  expect(onnxruntime).toMatchObject({
    works: true,
    detail: expect.stringMatching(/onnxruntime-node \d/),
  });
  expect(chosen).toBe(
    tensorflow.works && tensorflow.detail.includes('on the gpu') ? 'tensorflow' : 'onnxruntime',
  );
  if (tensorflow.works)
    expect(tensorflow.detail).toMatch(/^TensorFlow 2\.\d+\.\d+ on the [cg]pu, by /);
});

test('auto loads no TensorFlow where there is no driver for a gpu', async () => {
  expect(await automaticBackend(false)).toBe('onnxruntime');
});

test('a program runs on onnxruntime unless it is told otherwise, whatever the machine has', async () => {
  const program = await compile({ inputs: {}, state: {}, step: () => ({ outputs: {} }) });
  expect(program.backend).toBe('onnxruntime');
  await program.dispose();
});

test('an unknown backend is an error that names the known ones', async () => {
  const on = (backend: string) =>
    failureOf(() =>
      compile(
        { inputs: {}, state: {}, step: () => ({ outputs: {} }) },
        { backend: backend as 'cpu' },
      ),
    );
  expect(await on('webgl')).toMatch(
    /no backend 'webgl'; known: auto, onnxruntime, tensorflow, tensorflow-cpu, tensorflow-gpu, cpu, wasm/,
  );
});
