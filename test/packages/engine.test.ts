import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { installPackages, REPOSITORY, runProgram } from './install.ts';

let project: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'outside-')));
  installPackages(project);
}, 120_000);

afterAll(() => rmSync(project, { recursive: true }));

function run(code: string): string {
  return runProgram(project, code);
}

function examplesOf(page: string): readonly string[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  return [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
}

test('the engine makes its backend known to the tfjs of the project', () => {
  const out = run(`
      import * as tf from '@tensorflow/tfjs';
      import '@shatter/engine';
      await tf.setBackend('onnxruntime');
      const w = tf.variable(tf.scalar(5));
      tf.train.sgd(0.5).minimize(() => tf.square(tf.sub(w, 2)));
      console.log((await w.data())[0], tf.getBackend());
    `);
  expect(out).toBe('2 onnxruntime\n');
});

test('it trains a convolutional network on drawn digits with model.fit', () => {
  const out = run(`
      import * as tf from '@tensorflow/tfjs';
      import '@shatter/engine';
      await tf.setBackend('onnxruntime');
      // Segments of a seven-segment digit: top, left and right above, middle, left and right below, bottom.
      const digits = ['1110111', '0010010', '1011101', '1011011', '0111010', '1101011', '1101111', '1010010'];
      const lines = [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1], [0, 2, 1, 0]];
      const [count, size] = [320, 28];
      const pixels = new Float32Array(count * size * size);
      for (let n = 0; n < count; n++) {
        for (const [i, [x, y, right, down]] of lines.entries()) {
          if (digits[n % 8][i] === '0') continue;
          for (let step = 0; step < 9; step++) {
            const column = 4 + (n % 9) + x * 8 + right * step;
            const row = 2 + ((n * 5) % 7) + y * 8 + down * step;
            pixels[(n * size + row) * size + column] = 1;
          }
        }
      }
      const x = tf.tensor4d(pixels, [count, size, size, 1]);
      const y = tf.oneHot(tf.range(0, count, 1, 'int32').mod(tf.scalar(8, 'int32')), 8);
      const { conv2d, maxPooling2d, flatten, dropout, dense } = tf.layers;
      const model = tf.sequential({
        layers: [
          conv2d({ filters: 8, kernelSize: 5, activation: 'relu', inputShape: [size, size, 1] }),
          maxPooling2d({ poolSize: 2 }),
          conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
          maxPooling2d({ poolSize: 2 }),
          flatten(),
          dropout({ rate: 0.2 }),
          dense({ units: 8, activation: 'softmax' }),
        ],
      });
      model.compile({ optimizer: tf.train.adam(0.005), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
      const { history } = await model.fit(x, y, { epochs: 8, batchSize: 32, validationSplit: 0.2, verbose: 0 });
      console.log(history.val_acc.at(-1) > 0.9);
    `);
  expect(out).toBe('true\n');
});

test('it compiles and saves, and names its lines in errors', () => {
  const out = run(`import { compile, saveOnnx, tf } from '@shatter/engine';
const definition = {
  inputs: { x: { shape: [2], dtype: 'float32' } },
  state: {},
  step: ({ x }) => ({ outputs: { y: tf.mul(x, 2) } }),
};
const program = await compile(definition);
console.log((await program.run({ x: Float32Array.of(1, 2) })).y.join());
await saveOnnx('twice.onnx', definition);
const bad = { ...definition, step: ({ x }) => ({ outputs: { y: tf.add(x, [1, 2, 3]) } }) };
await compile(bad).catch((error) => console.log(error.message));
`);
  expect(out).toMatch(/^2,4\n/);
  expect(out).toMatch(/shapes 2 and 3.*\n {4}at .*user\.mjs:10:/);
  expect(readFileSync(join(project, 'twice.onnx'), 'latin1')).toContain('Mul');
});

test('it runs the examples of docs/backend.md', () => {
  const examples = examplesOf('docs/backend.md');
  expect(examples).toHaveLength(3);
  for (const example of examples) expect(run(example)).toBe('true\n');
  expect(readFileSync(join(project, 'predict.onnx')).length).toBeGreaterThan(100);
});

test('it runs the example of docs/engine.md', () => {
  const examples = examplesOf('docs/engine.md');
  expect(examples).toHaveLength(1);
  expect(run(examples[0])).toBe('true\n');
});

test('it offers all that the engine does', () => {
  const out = run(`console.log(Object.keys(await import('@shatter/engine')).sort().join());`);
  expect(out.trim().split(',')).toEqual(Object.keys(engine).sort());
});
