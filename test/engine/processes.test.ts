import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackages } from '../packages/install.ts';

const MODULES = join(import.meta.dirname, '../../node_modules');
const ENGINE = '@shatter/engine';

let project = '';
beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'shatter-engine-')));
  installPackages(project);
}, 120_000);
afterAll(() => rm(project, { recursive: true }));

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number;
}

/** Runs a module in a process of its own, without the switch that other tests' processes inherit. */
async function run(
  code: string,
  environment: NodeJS.ProcessEnv = {},
  folder = project,
): Promise<Ended> {
  const path = join(folder, 'main.mjs');
  await writeFile(path, code);
  const { ORT_DISABLE_TELEMETRY: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  return await execa(process.execPath, [path], { env, extendEnv: false, reject: false });
}

describe('in a worker thread', () => {
  const inWorker = (before: string): string => `
    import { Worker, isMainThread } from 'node:worker_threads';
    if (isMainThread) {
      ${before}
      new Worker(new URL(import.meta.url), { env: {} }).on('error', ({ message }) => console.log(message));
    } else {
      const { tf } = await import(${JSON.stringify(ENGINE)});
      await tf.setBackend('onnxruntime');
      console.log(String(await tf.sin(tf.tensor1d([0, 1])).data()));
    }`;
  const result = `0,${Math.fround(Math.sin(1))}`;

  test('the engine refuses to start while ONNX Runtime would report usage', async () => {
    const { stdout } = await run(inWorker(''));
    expect(stdout).toContain('a worker thread cannot turn off the usage reports of ONNX Runtime');
    expect(stdout).not.toContain(result);
  });

  test('the engine starts once the main thread has imported it', async () => {
    const { stdout } = await run(inWorker(`await import(${JSON.stringify(ENGINE)});`));
    expect(stdout.trim()).toBe(result);
  });

  test('the engine starts if Node was started with the switch', async () => {
    const { stdout } = await run(inWorker(''), { ORT_DISABLE_TELEMETRY: '1' });
    expect(stdout.trim()).toBe(result);
  });
});

describe('with a second copy of TensorFlow.js', () => {
  let folder = '';
  beforeAll(async () => {
    folder = join(project, 'app');
    const own = join(folder, 'node_modules');
    await mkdir(join(own, '@tensorflow'), { recursive: true });
    for (const name of await readdir(MODULES)) {
      if (!name.startsWith('@')) await symlink(join(MODULES, name), join(own, name));
    }
    const parts = ['', '-core', '-layers', '-converter', '-data', '-backend-cpu', '-backend-webgl'];
    for (const part of parts) {
      const name = join('@tensorflow', `tfjs${part}`);
      await cp(join(MODULES, name), join(own, name), {
        recursive: true,
        filter: (path) => !/[.](map|ts)$/.test(path),
      });
    }
  });

  test.each([
    ['before', "import '@tensorflow/tfjs';\n", ''],
    ['after', '', "import '@tensorflow/tfjs';\n"],
  ])('loaded %s the engine one error says so', async (_when, before, after) => {
    const { stdout, stderr, exitCode } = await run(
      `${before}import ${JSON.stringify(ENGINE)};\n${after}`,
      {},
      folder,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /EngineError: there are two copies of TensorFlow\.js: the engine uses .*tfjs/,
    );
    expect(stderr).not.toContain('is already registered');
  });
});

test('no tensor without numbers and no smallest integer ends the process', async () => {
  const { stdout, exitCode } = await run(`
    import { tf } from ${JSON.stringify(ENGINE)};
    await tf.setBackend('onnxruntime');
    const shapes = [[0], [0, 3], [2, 0], [2, 0, 3]];
    const unary = ['abs', 'exp', 'softmax', 'logSoftmax', 'sum', 'mean', 'max', 'min', 'prod', 'argMax', 'argMin', 'all', 'any', 'cumsum', 'reverse', 'transpose', 'round', 'sigmoid', 'logSumExp', 'unstack'];
    const read = (result) => [result].flat().forEach((x) => x.dataSync());
    let count = 0;
    for (const shape of shapes) for (const dtype of ['float32', 'int32', 'bool']) {
      const x = tf.zeros(shape, dtype);
      const attempts = unary.map((name) => () => tf[name](x));
      for (const axis of [0, 1, -1]) for (const name of ['sum', 'mean', 'max', 'min', 'prod', 'argMax', 'argMin', 'cumsum', 'cumprod', 'unstack']) attempts.push(() => tf[name](x, axis));
      for (let k = 0; k < 3; k++) attempts.push(() => Object.values(tf.topk(x, k)), () => tf.oneHot(tf.cast(x, 'int32'), k));
      for (const name of ['add', 'mul', 'div', 'mod', 'floorDiv', 'maximum', 'equal', 'pow']) attempts.push(() => tf[name](x, x), () => tf[name](x, tf.cast(1, dtype)));
      attempts.push(() => tf.tile(x, shape.map(() => 2)), () => tf.concat([x, x]), () => tf.gather(x, tf.tensor1d([], 'int32')), () => tf.split(x, 1), () => tf.pad(x, shape.map(() => [1, 1])));
      for (const attempt of attempts) try { count++; read(attempt()); } catch (error) { if (!(error instanceof Error)) throw error; }
    }
    const least = tf.tensor1d([-(2 ** 31), 7, -(2 ** 31)], 'int32');
    const minus = tf.tensor1d([-1, -1, 1], 'int32');
    for (const name of ['div', 'floorDiv', 'mod', 'mul', 'pow', 'sub']) { count++; tf[name](least, minus).dataSync(); tf[name](least, tf.mul(minus, tf.square(minus))).dataSync(); }
    console.log('survived', count);
  `);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/survived \d{3,}/);
});
