import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { loadTensorflow } from '../../../src/engine/tfjs/tensorflow.ts';

/**
 * The native library would need a download, so fake packages with the same interface stand in for it:
 * enough to test that a package is found, made to work on this Node, and named when it fails.
 */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  const scope = join(folder, 'node_modules/@tensorflow');
  mkdirSync(scope, { recursive: true });
  const require = createRequire(import.meta.url);
  symlinkSync(join(require.resolve('@tensorflow/tfjs/package.json'), '..'), join(scope, 'tfjs'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (tf.findBackend('tensorflow') !== null) tf.removeBackend('tensorflow');
});

function install(name: string, code: string, { library = true } = {}): void {
  const own = join(folder, 'node_modules', name);
  mkdirSync(join(own, 'lib/napi-v8'), { recursive: true });
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  writeFileSync(join(own, 'index.js'), code);
  if (library) writeFileSync(join(own, 'lib/napi-v8/tfjs_binding.node'), '');
}

function load() {
  return loadTensorflow(createRequire(join(folder, 'index.js')));
}

/** Registers a backend as tfjs-node does, with calls that Node 23 removed. */
function working(isUsingGpuDevice: boolean): string {
  return `
  const tf = require('@tensorflow/tfjs');
  const util = require('util');
  if (util.isNullOrUndefined(tf) || !util.isArray([])) throw new Error('no tfjs');
  const { constructor } = tf.findBackend('cpu');
  tf.registerBackend('tensorflow', () => Object.assign(new constructor(), { isUsingGpuDevice: ${isUsingGpuDevice} }));
  exports.version = { 'tfjs-node': '4.22.0' };
`;
}

describe('the tensorflow backend', () => {
  test('is found with its gpu, before the package for the cpu', () => {
    install('@tensorflow/tfjs-node', working(false));
    install('@tensorflow/tfjs-node-gpu', working(true));
    expect(load()).toEqual({
      package: '@tensorflow/tfjs-node-gpu',
      version: '4.22.0',
      device: 'gpu',
    });
  });

  test('is found if only the package for the cpu has its library', () => {
    install('@tensorflow/tfjs-node-gpu', 'throw new Error("not to be loaded")', { library: false });
    install('@tensorflow/tfjs-node', working(false));
    expect(load()).toMatchObject({ package: '@tensorflow/tfjs-node', device: 'cpu' });
  });

  test('is found on a Node that has removed functions it calls', () => {
    const old = util as unknown as Record<string, unknown>;
    const { isNullOrUndefined, isArray } = old;
    old.isNullOrUndefined = undefined;
    old.isArray = undefined;
    try {
      install('@tensorflow/tfjs-node-gpu', working(false));
      expect(load().device).toBe('cpu');
    } finally {
      Object.assign(old, { isNullOrUndefined, isArray });
    }
  });

  test('says why it does not load, and how to fix it', () => {
    install('@tensorflow/tfjs-node-gpu', 'throw new Error("libcudart.so.11.0: cannot open")');
    expect(load).toThrow(
      /tfjs-node-gpu does not load: libcudart\.so\.11\.0: cannot open; run `npm run setup:gpu`, or use/,
    );
  });

  test('says when its library or its package is missing', () => {
    expect(load).toThrow(/tfjs-node-gpu is not installed; run/);
    install('@tensorflow/tfjs-node-gpu', working(true), { library: false });
    expect(load).toThrow(/tfjs-node-gpu has no native library; run/);
  });
});
