import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../../src/engine/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'outside-'));
  mkdirSync(join(project, 'node_modules/@tensorflow'), { recursive: true });
  symlinkSync(ROOT, join(project, 'node_modules/shatter'));
  const tfjs = 'node_modules/@tensorflow/tfjs';
  symlinkSync(join(ROOT, tfjs), join(project, tfjs));
});
afterAll(() => rmSync(project, { recursive: true }));

const run = (code: string): string => {
  writeFileSync(join(project, 'user.mjs'), code);
  return execFileSync(process.execPath, ['user.mjs'], { cwd: project, encoding: 'utf8' });
};

describe("another project's import of shatter/engine", () => {
  it('makes the backend known to its own tfjs', () => {
    const out = run(`
      import * as tf from '@tensorflow/tfjs';
      import 'shatter/engine';
      await tf.setBackend('onnxruntime');
      const w = tf.variable(tf.scalar(5));
      tf.train.sgd(0.5).minimize(() => tf.square(tf.sub(w, 2)));
      console.log((await w.data())[0], tf.getBackend());
    `);
    expect(out).toBe('2 onnxruntime\n');
  });

  it('compiles and saves, and names its lines in errors', () => {
    const out = run(`import { compile, saveOnnx, tf } from 'shatter/engine';
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

  it('runs the examples of docs/backend.md', () => {
    const page = readFileSync(join(ROOT, 'docs/backend.md'), 'utf8');
    const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
    expect(examples).toHaveLength(2);
    for (const example of examples) expect(run(example)).toBe('true\n');
    expect(readFileSync(join(project, 'predict.onnx')).length).toBeGreaterThan(100);
  });

  it('runs the example of docs/engine.md', () => {
    const page = readFileSync(join(ROOT, 'docs/engine.md'), 'utf8');
    const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
    expect(examples).toHaveLength(1);
    expect(run(examples[0])).toBe('true\n');
  });

  it('offers all that the engine does', () => {
    const out = run(`console.log(Object.keys(await import('shatter/engine')).sort().join());`);
    expect(out.trim().split(',')).toEqual(Object.keys(engine).sort());
  });
});
