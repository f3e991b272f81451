import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { profilingTo, takeProfile } from '../../bench/step/profile.ts';
import { compileGraph } from '../../src/engine/compiled.ts';
import { batchOf, type Size, trainingStep } from './transformer.ts';

const size: Size = { batch: 6, length: 5, width: 8, heads: 2, layers: 3 };
const rows = size.batch * size.length;

/** Products of a step in the order in which ONNX Runtime runs them, as `[30,8] [8,24]`. */
const productsInOrder = async (): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'order-'));
  try {
    const program = await compileGraph(trainingStep(size), profilingTo(join(folder, 'step')));
    await program.run(batchOf(size, 0));
    await program.dispose();
    const { nodes } = takeProfile(join(folder, 'step'));
    return nodes
      .filter(({ op }) => op === 'FusedMatMul' || op === 'Gemm')
      .map(({ inputs }) => `[${inputs[0]}] [${inputs[1]}]`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('each weight gradient is computed before the gradient goes on to the layer below', async () => {
  const weight = `[${rows},8] [${rows},24]`;
  const below = `[${rows},24] [8,24]`;
  const products = (await productsInOrder()).filter((one) => one === weight || one === below);
  expect(products).toEqual(Array(size.layers).fill([weight, below]).flat());
});
