import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { currentSnapshot } from '../../src/pipe/loader/code.ts';
import { exportTwin } from '../peers/export-twin.ts';
import type { StepCase } from './configs.ts';
import type { Engine } from './engine.ts';

export interface PyTorchEngine extends Engine {
  readonly version: string;
  /** GFLOP/s of PyTorch's product of two large matrices, which depends on its BLAS. */
  readonly ceiling: number;
}

/** The models of `twin.py` in a process of their own, which takes steps on demand. */
export async function openPyTorch(
  python: string,
  { step, parameters, batch, learningRate }: StepCase,
  asOurs: boolean,
): Promise<PyTorchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'twin-'));
  exportTwin(folder, { step, parameters, batches: [batch], learningRates: [learningRate] });
  const script = join(currentSnapshot()?.projectRoot ?? process.cwd(), 'bench/peers/twin.py');
  const args = [script, folder, '--serve', ...(asOurs ? ['--as-ours'] : [])];
  const child = execa(python, args, {
    stderr: 'inherit',
    buffer: false,
    // Some machines restrict OpenBLAS to kernels of older processors: PyTorch is then up to three times as slow.
    env: {
      OPENBLAS_CORETYPE: undefined,
      OPENBLAS_L2_SIZE: undefined,
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
    },
  });
  const lines = child.iterable();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ${script} exited early; its message is above`);
    return JSON.parse(value);
  };
  const { version, ceiling, loss } = await answer();
  return {
    version,
    ceiling,
    firstLoss: loss,
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
