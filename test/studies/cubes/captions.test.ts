import { expect, test } from 'vitest';
import {
  allCaptions,
  blocksOf,
  captionOf,
  heldOutOf,
  textOf,
} from '../../../src/studies/cubes/captions.ts';

test('a caption names its cubes from top to bottom', () => {
  expect(textOf(captionOf([0, 1, 2]))).toBe(
    'a red cube on top of a green cube on top of a blue cube',
  );
});

test('captions are all orders of different colours, in blocks of n!', () => {
  const captions = allCaptions([2, 3, 4]);
  expect(captions).toHaveLength(6 * 5 + 6 * 5 * 4 + 6 * 5 * 4 * 3);
  expect(new Set(captions.map(textOf)).size).toBe(captions.length);
  const blocks = blocksOf(captions);
  expect(blocks.size).toBe(15 + 20 + 15);
  expect(blocks.get('012')).toHaveLength(6);
  for (const captions of blocks.values()) {
    expect(captions).toHaveLength([0, 0, 2, 6, 24][captions[0].colours.length]);
  }
});

test('a share of every height is held out, of no block all, and other ones by seed', () => {
  const captions = allCaptions([2, 3, 4]);
  const heldOut = heldOutOf(captions, 0.25, 1);
  const count = (n: number) => [...heldOut].filter(({ colours }) => colours.length === n).length;
  expect([count(2), count(3), count(4)]).toEqual([8, 30, 90]);
  for (const block of blocksOf(captions).values()) {
    expect(block.some((caption) => !heldOut.has(caption))).toBe(true);
  }
  const half = heldOutOf(allCaptions([2]), 0.5, 1);
  expect(half.size).toBe(15);
  expect(new Set([...half].map(({ block }) => block)).size).toBe(15);
  const texts = (seed: number) => [...heldOutOf(captions, 0.25, seed)].map(textOf);
  expect(texts(1)).toEqual(texts(1));
  expect(texts(2)).not.toEqual(texts(1));
});
