import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { currentSnapshot } from '../../src/pipe/loader/code.ts';
import { exportTwin } from '../peers/export-twin.ts';
import type { StepCase } from './configs.ts';
import type { Engine } from './engine.ts';

export interface PythonEngine extends Engine {
  readonly version: string;
  /** GFLOP/s of its product of two large matrices, which depends on its BLAS. */
  readonly ceiling: number;
}

/** A script of `bench/peers` and how it is started. */
export interface PythonPeer {
  readonly python: string;
  readonly script: 'twin.py' | 'twin_jax.py';
  readonly args: readonly string[];
  /** Whether glibc keeps freed memory instead of returning it to the system, as an arena does. */
  readonly keepsMemory: boolean;
}

const KEEPING_MEMORY = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '8000000000',
  MALLOC_ARENA_MAX: '1',
};

/** The models of a twin in a process of their own, which takes steps on demand. */
export async function openPythonPeer(
  { python, script, args, keepsMemory }: PythonPeer,
  { step, parameters, batch, learningRate }: StepCase,
): Promise<PythonEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'twin-'));
  exportTwin(folder, { step, parameters, batches: [batch], learningRates: [learningRate] });
  const file = join(currentSnapshot()?.projectRoot ?? process.cwd(), 'bench/peers', script);
  const child = execa(python, [file, folder, ...args], {
    stderr: 'inherit',
    buffer: false,
    // Some machines restrict OpenBLAS to kernels of older processors: PyTorch is then up to three times as slow.
    env: {
      OPENBLAS_CORETYPE: undefined,
      OPENBLAS_L2_SIZE: undefined,
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
      ...(keepsMemory ? KEEPING_MEMORY : {}),
    },
  });
  const lines = child.iterable();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ${file} exited early; its message is above`);
    return JSON.parse(value);
  };
  const { version, ceiling, loss, firstStepSeconds } = await answer();
  return {
    version,
    ceiling,
    firstLoss: loss,
    firstStepSeconds,
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      return (await answer()).samples;
    },
    async close() {
      child.stdin.end();
      await child;
      rmSync(folder, { recursive: true });
    },
  };
}
