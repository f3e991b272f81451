import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeEach, test } from 'vitest';
import { compile, saveOnnx, tf } from '../../../src/engine/index.ts';
import { network, weightsOf } from '../models/networks.ts';
import { expectClose, onBoth, random } from '../recording/both-backends.ts';

const folder = await mkdtemp(join(tmpdir(), 'graph-model-'));
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  await tf.setBackend('onnxruntime');
});

const WEIGHTS: Readonly<Record<string, number[]>> = {
  filter: [3, 3, 1, 2],
  bias: [2],
  dense: [32, 3],
  shape: [2],
};

const list = (...numbers: number[]) => ({ list: { i: numbers.map(String) } });
const T = { type: 'DT_FLOAT' };

function dimensions(shape: readonly number[]): object {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function constant(name: string): object {
  const dtype = name === 'shape' ? 'DT_INT32' : 'DT_FLOAT';
  const tensor = { dtype, tensorShape: dimensions(WEIGHTS[name]) };
  return { name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor } } };
}

/** A convolutional classifier as tensorflowjs_converter writes it, with its weights beside it. */
async function writeGraphModel(): Promise<string> {
  const node = (name: string, op: string, input: string[], attr: object = {}) => ({
    name,
    op,
    input,
    attr: { T, ...attr },
  });
  const shape = { shape: dimensions([-1, 4, 4, 1]) };
  const modelTopology = {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: T, shape } },
      ...Object.keys(WEIGHTS).map(constant),
      node('conv', 'Conv2D', ['x', 'filter'], {
        strides: list(1, 1, 1, 1),
        dilations: list(1, 1, 1, 1),
        padding: { s: Buffer.from('SAME').toString('base64') },
        data_format: { s: Buffer.from('NHWC').toString('base64') },
      }),
      node('shifted', 'BiasAdd', ['conv', 'bias'], {
        data_format: { s: Buffer.from('NHWC').toString('base64') },
      }),
      node('active', 'Relu', ['shifted']),
      node('flat', 'Reshape', ['active', 'shape'], { Tshape: { type: 'DT_INT32' } }),
      node('scores', 'MatMul', ['flat', 'dense'], {
        transpose_a: { b: false },
        transpose_b: { b: false },
      }),
      node('y', 'Softmax', ['scores']),
    ],
    library: {},
    versions: { producer: 1882 },
  };
  const weights = Object.entries(WEIGHTS).map(([name, size]) => ({
    name,
    shape: size,
    dtype: name === 'shape' ? 'int32' : 'float32',
  }));
  const data = Object.entries(WEIGHTS).map(([name, size]) => {
    const values =
      name === 'shape'
        ? Int32Array.of(-1, 32)
        : (random(size, name.length).dataSync() as Float32Array);
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  });
  await writeFile(join(folder, 'group1-shard1of1.bin'), Buffer.concat(data));
  const json = {
    format: 'graph-model',
    modelTopology,
    weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights }],
  };
  const path = join(folder, 'model.json');
  await writeFile(path, JSON.stringify(json));
  return `file://${path}`;
}

test('a graph model predicts the numbers of the cpu backend', async () => {
  const url = await writeGraphModel();
  const [want, got] = await onBoth(async () => {
    const model = await tf.loadGraphModel(url);
    const results = [1, 5].flatMap((size) => {
      const y = model.predict(random([size, 4, 4, 1])) as tf.Tensor;
      return [...y.shape, ...y.dataSync()];
    });
    const executed = model.execute({ x: random([2, 4, 4, 1], 3) }, ['active', 'y']) as tf.Tensor[];
    model.dispose();
    return [...results, ...executed.flatMap((tensor) => [...tensor.dataSync()])];
  });
  expectClose(got, want, 1e-5);
});

test('a graph model becomes part of a compiled step and of a saved file', async () => {
  const model = await tf.loadGraphModel(await writeGraphModel());
  const definition = {
    inputs: { x: { shape: [null, 4, 4, 1], dtype: 'float32' } },
    state: {},
    step: ({ x }: Readonly<Record<string, tf.Tensor>>) => ({
      outputs: { y: model.predict(x) as tf.Tensor },
    }),
  } as const;
  const program = await compile(definition);
  for (const size of [1, 3]) {
    const x = random([size, 4, 4, 1]);
    const want = [...(model.predict(x) as tf.Tensor).dataSync()];
    expectClose([...(await program.run({ x: x.dataSync() as Float32Array })).y], want, 1e-5);
  }
  const path = join(folder, 'graph.onnx');
  await saveOnnx(path, definition);
  const session = await InferenceSession.create(path);
  const x = random([2, 4, 4, 1], 5);
  const values = x.dataSync() as Float32Array;
  const { y } = await session.run({ x: new Tensor(values, x.shape) });
  const want = [...(model.predict(x) as tf.Tensor).dataSync()];
  expectClose([...(y.data as Float32Array)], want, 1e-5);
});

test('a trained model is saved to file://, loaded, and trained further as on the cpu backend', async () => {
  const [want, got] = await onBoth(async () => {
    const { model, x, y } = network('a GRU');
    await model.fit(x, y, { epochs: 2, batchSize: 10, shuffle: false, verbose: 0 });
    const path = `file://${join(folder, tf.getBackend())}`;
    await model.save(path);
    const loaded = await tf.loadLayersModel(`${path}/model.json`);
    loaded.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
    await loaded.fit(x, y, { epochs: 2, batchSize: 10, shuffle: false, verbose: 0 });
    return [...weightsOf(model), ...weightsOf(loaded)];
  });
  expectClose(got, want, 2e-4);
});
