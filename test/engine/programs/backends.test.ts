import { expect, test } from 'vitest';
import { compile } from '../../../src/engine/index.ts';
import { describeBackends } from '../../../src/engine/programs/backends.ts';
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
    tensorflow.works && tensorflow.detail.endsWith('gpu') ? 'tensorflow' : 'onnxruntime',
  );
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
    /no backend 'webgl'; known: auto, onnxruntime, tensorflow, cpu, wasm/,
  );
});
