import { expect, test } from 'vitest';
import { drawCaptions } from '../../../src/studies/cubes/batches.ts';
import { allCaptions } from '../../../src/studies/cubes/captions.ts';

const captions = allCaptions([2, 3, 4]);
const blocksAt = (rows: readonly number[]) => rows.map((row) => captions[row].block);

test('captions of a batch are different; up to four orders of a block follow one another', () => {
  for (let step = 0; step < 20; step++) {
    const rows = drawCaptions(captions, 'orders', 64, 1, step);
    expect(new Set(rows).size).toBe(64);
    const blocks = blocksAt(rows);
    const starts = blocks.filter((block, i) => block !== blocks[i - 1]);
    expect(new Set(starts).size).toBe(starts.length);
    for (const block of starts) {
      expect(blocks.filter((other) => other === block).length).toBeLessThanOrEqual(4);
    }
    expect(starts.length).toBeLessThan(40);
  }
});

test('apart, no two captions of a batch have the same colours', () => {
  const blocks = blocksAt(drawCaptions(captions, 'apart', 48, 1, 3));
  expect(new Set(blocks).size).toBe(48);
  expect(() => drawCaptions(captions, 'apart', 51, 1, 3)).toThrow(
    "a batch of 51 captions 'apart' cannot be made of these",
  );
});

test('steps and seeds have batches of their own', () => {
  const rows = drawCaptions(captions, 'orders', 16, 1, 0);
  expect(drawCaptions(captions, 'orders', 16, 1, 0)).toEqual(rows);
  expect(drawCaptions(captions, 'orders', 16, 1, 1)).not.toEqual(rows);
  expect(drawCaptions(captions, 'orders', 16, 2, 0)).not.toEqual(rows);
});
