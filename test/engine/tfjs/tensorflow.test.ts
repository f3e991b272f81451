import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inSlices, tf } from '../../../src/engine/index.ts';
import { segmentSums } from '../../../src/engine/tfjs/segment-sums.ts';
import {
  type Device,
  isOnGpu,
  loadTensorflow,
  mayHaveGpu,
} from '../../../src/engine/tfjs/tensorflow.ts';

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
  vi.unstubAllEnvs();
  if (tf.findBackend('tensorflow') !== null) tf.removeBackend('tensorflow');
});

function install(name: string, code: string, { library = true } = {}): void {
  const own = join(folder, 'node_modules', name);
  mkdirSync(join(own, 'lib/napi-v8'), { recursive: true });
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  writeFileSync(join(own, 'index.js'), code);
  if (library) writeFileSync(join(own, 'lib/napi-v8/tfjs_binding.node'), '');
}

function load(wanted?: Device) {
  return loadTensorflow(wanted, createRequire(join(folder, 'index.js')));
}

/** Registers a backend as tfjs-node does, with calls that Node 23 removed. */
function working(isUsingGpuDevice: boolean): string {
  return `
  const tf = require('@tensorflow/tfjs');
  const util = require('util');
  if (util.isNullOrUndefined(tf) || !util.isArray([])) throw new Error('no tfjs');
  const { constructor } = tf.findBackend('cpu');
  tf.registerBackend('tensorflow', () => Object.assign(new constructor(), {
    isUsingGpuDevice: ${isUsingGpuDevice} && process.env.CUDA_VISIBLE_DEVICES !== '-1',
    binding: { TF_Version: '2.99.0' },
  }));
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
      tensorflow: '2.99.0',
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
      /tfjs-node-gpu does not load: libcudart\.so\.11\.0: cannot open; run `npm run setup:tensorflow`, or use/,
    );
  });

  test('says when its library or its package is missing', () => {
    expect(load).toThrow(/tfjs-node-gpu is not installed; run/);
    install('@tensorflow/tfjs-node-gpu', working(true), { library: false });
    expect(load).toThrow(/tfjs-node-gpu has no native library; run `npm run setup:tensorflow`, or/);
    expect(() => load('gpu')).toThrow(/run `npm run setup:tensorflow -- gpu`, or/);
  });

  test('is told to leave a gpu its memory and numbers their digits, and to be quiet', () => {
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', undefined);
    vi.stubEnv('TF_FORCE_GPU_ALLOW_GROWTH', undefined);
    vi.stubEnv('TF_CPP_MIN_LOG_LEVEL', '0');
    install('@tensorflow/tfjs-node-gpu', working(true));
    load();
    expect(process.env).toMatchObject({
      NVIDIA_TF32_OVERRIDE: '0',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_CPP_MIN_LOG_LEVEL: '0',
    });
  });

  test('computes on the device that is asked for, or says that it cannot', () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '3');
    install('@tensorflow/tfjs-node-gpu', working(true));
    expect(load('cpu').device).toBe('cpu');
    expect(process.env.CUDA_VISIBLE_DEVICES).toBe('3');
    // It is loaded once per process.
    expect(() => load('gpu')).toThrow(
      /finds no GPU, which the backend tensorflow-gpu needs: .*says why/,
    );
  });

  test('that is on a gpu is refused to who asks for a cpu', () => {
    install('@tensorflow/tfjs-node-gpu', working(true));
    expect(load('gpu').device).toBe('gpu');
    expect(() => load('cpu')).toThrow(/is on a GPU already in this process: use/);
  });

  test('runs a step in one slice on a gpu, in several on a cpu', async () => {
    const slices = () => {
      let calls = 0;
      tf.tidy(() =>
        inSlices({ x: tf.zeros([8, 2]) }, 4, ({ x }) => {
          calls++;
          return x;
        }),
      );
      return calls;
    };
    install('@tensorflow/tfjs-node-gpu', working(true));
    load();
    await tf.setBackend('tensorflow');
    expect([isOnGpu(), slices()]).toEqual([true, 1]);
    await tf.setBackend('cpu');
    expect([isOnGpu(), slices()]).toEqual([false, 4]);
  });

  test('adds up segments by a product on a gpu that must give the same bytes each time', async () => {
    vi.stubEnv('TF_DETERMINISTIC_OPS', '1');
    install('@tensorflow/tfjs-node-gpu', working(true));
    tf.copyRegisteredKernels('cpu', 'tensorflow');
    load();
    await tf.setBackend('tensorflow');
    try {
      const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      const rows = tf.tensor1d([2, 0, 2, 2], 'int32');
      const own = tf.getKernel('UnsortedSegmentSum', 'tensorflow');
      expect(own.kernelFunc).not.toBe(tf.getKernel('UnsortedSegmentSum', 'cpu').kernelFunc);
      const slope = tf.grad((t) => tf.sum(tf.square(tf.gather(t, rows))))(table);
      expect(slope.arraySync()).toEqual([
        [2, 4],
        [0, 0],
        [30, 36],
      ]);
    } finally {
      await tf.setBackend('cpu');
      for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
        tf.unregisterKernel(kernelName, 'tensorflow');
      }
    }
  });
});

test('sums of segments by a product are those of the kernel', async () => {
  await tf.setBackend('cpu');
  const x = tf.tensor3d(
    Array.from({ length: 24 }, (_, i) => (i * 7) % 11),
    [4, 3, 2],
  );
  const ids = tf.tensor1d([3, 1, 3, 0], 'int32');
  expect(segmentSums(x, ids, 5).arraySync()).toEqual(tf.unsortedSegmentSum(x, ids, 5).arraySync());
  expect(segmentSums(tf.cast(x, 'int32'), ids, 5).dtype).toBe('int32');
});

test('a gpu is looked for where its driver is, natively or in WSL', () => {
  expect(mayHaveGpu((path) => path === '/proc/driver/nvidia')).toBe(true);
  expect(mayHaveGpu((path) => path === '/dev/dxg')).toBe(true);
  expect(mayHaveGpu(() => false)).toBe(process.platform !== 'linux');
});
