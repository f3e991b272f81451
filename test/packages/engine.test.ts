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
