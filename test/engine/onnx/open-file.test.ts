import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EngineError, saveOnnx, tf } from '../../../src/engine/index.ts';
import { openOnnx } from '../../../src/engine/onnx/open-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file says what it takes, and runs', async () => {
  const path = join(folder, 'sum.onnx');
  await saveOnnx(path, {
    inputs: { x: { shape: [null, 2], dtype: 'float32' }, i: { shape: [1], dtype: 'int32' } },
    state: {},
    step: ({ x, i }) => ({ outputs: { sum: tf.add(x, tf.cast(i, 'float32')) } }),
  });
  const file = await openOnnx(path);
  expect(file.inputs).toEqual([
    { name: 'x', type: 'float32', shape: [undefined, 2] },
    { name: 'i', type: 'int32', shape: [1] },
  ]);
  expect(file.outputs).toEqual(['sum']);
  const x = { values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
  const i = { values: Int32Array.of(10), shape: [1] };
  expect([...(await file.run({ x, i }, 'sum'))]).toEqual([11, 12, 13, 14]);
  await expect(file.run({ x }, 'sum')).rejects.toThrow(`${path} cannot be run`);
  await file.dispose();
});

test('what is no ONNX file is refused by its name', async () => {
  const path = join(folder, 'text.onnx');
  writeFileSync(path, 'no model');
  await expect(openOnnx(path)).rejects.toThrow(EngineError);
  await expect(openOnnx(path)).rejects.toThrow(`${path} is no ONNX model that can be run`);
});
