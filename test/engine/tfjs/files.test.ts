import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shatter engine-'));
  await tf.setBackend('onnxruntime');
});
afterEach(() => rm(folder, { recursive: true }));

function network(): tf.Sequential {
  const { conv2d, flatten, dense } = tf.layers;
  return tf.sequential({
    layers: [
      conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

test('a model is saved to a file:// folder and loaded again', async () => {
  const model = network();
  const x = tf.randomUniform([2, 4, 4, 1], 0, 1, 'float32', 1);
  const want = await (model.predict(x) as tf.Tensor).data();
  for (const url of [`file://${folder}/one`, `file://${relative('.', folder)}/two`]) {
    await model.save(url);
    const loaded = await tf.loadLayersModel(`${url}/model.json`);
    expect(await (loaded.predict(x) as tf.Tensor).data()).toEqual(want);
  }
  expect((await readdir(join(folder, 'one'))).sort()).toEqual(['model.json', 'weights.bin']);
  const escaped = await tf.loadLayersModel(pathToFileURL(join(folder, 'one/model.json')).href);
  expect(await (escaped.predict(x) as tf.Tensor).data()).toEqual(want);
});

test('a model that is not there fails with its path', async () => {
  const path = join(folder, 'none/model.json');
  await expect(tf.loadLayersModel(`file://${path}`)).rejects.toThrow(
    `cannot load the model ${path}`,
  );
});
