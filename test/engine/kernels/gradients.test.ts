import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { kernels } from '../../../src/engine/kernels/table.ts';
import { CASES } from './gradient-cases.ts';
import { contents, gradients, inFloat64, slopes, tensors } from './slopes.ts';

test('the reference computes in double precision', async () => {
  await tf.setBackend('cpu');
  const sum = inFloat64(() => tf.add(tf.tensor([1]), tf.tensor([1e-12])).dataSync()[0]);
  expect(sum).toBe(1 + 1e-12);
});

test.each(Object.entries(CASES))('the gradient of %s is its slope', async (_name, example) => {
  const [got, want] = [await gradients(example), await slopes(example)];
  expect(want.flat().some((slope) => slope !== 0)).toBe(true);
  for (const [i, list] of want.entries()) {
    for (const [j, slope] of list.entries()) {
      expect(
        Math.abs(got[i][j] - slope),
        `operand ${i}, ${j}: ${got[i][j]} for ${slope}`,
      ).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
  }
});

/** Kernels that have a gradient in tfjs but no case here. */
const NOT_TESTED: Readonly<Record<string, string>> = {
  FloorDiv: 'tfjs gives it the gradient of a division, although it is flat',
  MirrorPad: 'the gradient of tfjs ignores the mirrored part',
  LogSoftmax: 'no op of tfjs uses it',
  BroadcastTo: 'no op of tfjs uses it',
};

test('the cases cover every kernel that tfjs can differentiate', async () => {
  await tf.setBackend('onnxruntime');
  const used = new Set<string>();
  for (const [shapes, op] of Object.values(CASES)) {
    const { kernelNames } = await tf.profile(() => op(...tensors(contents(shapes), shapes)));
    for (const name of kernelNames) used.add(name);
  }
  const differentiable = Object.keys(kernels).filter((name) => tf.getGradient(name) !== undefined);
  expect(differentiable.length).toBeGreaterThan(60);
  expect(differentiable.filter((name) => !used.has(name)).sort()).toEqual(
    Object.keys(NOT_TESTED).sort(),
  );
});
