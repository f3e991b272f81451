import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stepCase } from '../../../bench/step/configs.ts';
import { profilingTo, takeProfile } from '../../../bench/step/profile.ts';
import { compileGraph } from '../../../src/engine/compile.ts';
import type { NamedValues, StepDefinition } from '../../../src/engine/index.ts';
import { batchOf, type Size, trainingStep } from '../transformer.ts';

const size: Size = { batch: 6, length: 5, width: 8, heads: 2, layers: 3 };
const rows = size.batch * size.length;

/** Products of a step in the order in which ONNX Runtime runs them, as `[30,8] [8,24]`. */
async function productsInOrder(definition: StepDefinition, inputs: NamedValues): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'order-'));
  try {
    const program = await compileGraph(definition, profilingTo(join(folder, 'step')));
    await program.run(inputs);
    await program.dispose();
    const { nodes } = takeProfile(join(folder, 'step'));
    return nodes
      .filter(({ op }) => op === 'FusedMatMul' || op === 'Gemm')
      .map(({ inputs }) => `[${inputs[0]}] [${inputs[1]}]`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('each weight gradient is computed before the gradient goes on to the layer below', async () => {
  const weight = `[${rows},8] [${rows},24]`;
  const below = `[${rows},24] [8,24]`;
  const products = (await productsInOrder(trainingStep(size), batchOf(size, 0))).filter(
    (one) => one === weight || one === below,
  );
  expect(products).toEqual(Array(size.layers).fill([weight, below]).flat());
});

test.each(['contrastive', 'noncontrastive'] as const)(
  'this holds for slices of the %s model, whatever the order of its parameters',
  async (kind) => {
    const { definition, inputs } = stepCase('S', kind);
    const products = await productsInOrder(definition, inputs);
    // The keys' tokens come in four slices, the queries' in two of the contrastive model.
    const rows = kind === 'contrastive' ? 128 * 16 : 64 * 27;
    const weights = products.flatMap((one, i) =>
      one.startsWith(`[64,${rows}] [${rows},256]`) ? [i] : [],
    );
    const below = products.flatMap((one, i) => (one === `[${rows},256] [64,256]` ? [i] : []));
    const slices = kind === 'contrastive' ? 2 : 4;
    // Weight gradients of a layer's first matrix are done before the layer below hands on its own.
    expect(weights.length).toBeGreaterThan(slices);
    for (let i = 0; i + slices < below.length; i++)
      expect(weights[i]).toBeLessThan(below[i + slices]);
  },
);
