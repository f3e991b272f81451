import { expect, test } from 'vitest';
import { cellsOf, measureBlocks } from '../../../src/studies/cubes/blocks.ts';
import { captionOf } from '../../../src/studies/cubes/captions.ts';

const captions = [
  { ...captionOf([0, 1]), isHeldOut: false },
  { ...captionOf([1, 0]), isHeldOut: true },
];

test('a picture is right if its own caption has the highest score, a caption if its own picture has', () => {
  // The second picture prefers the first caption; both captions prefer their own pictures.
  const scores = [3, 0, 2, 1];
  const [trained, heldOut] = measureBlocks([{ captions, scores }]);
  expect(trained).toMatchObject({ height: 2, captions: 'trained', pictures: 1 });
  expect([trained.ofPictures, trained.ofCaptions]).toEqual([1, 1]);
  expect(trained.diagonal).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
  expect(heldOut).toMatchObject({ captions: 'held out', ofPictures: 0, ofCaptions: 1 });
  expect(heldOut.diagonal).toBeCloseTo(1 / (1 + Math.E), 12);
});

test('equal scores tell nothing apart', () => {
  const [row] = measureBlocks([{ captions, scores: [1, 1, 1, 1] }]);
  expect([row.ofPictures, row.ofCaptions, row.diagonal]).toEqual([0, 0, expect.closeTo(0.5, 12)]);
});

test('cells are means of the softmax over the pictures of a caption', () => {
  const certain = { captions, scores: [1000, 0, 0, 1000] };
  const even = { captions, scores: [0, 0, 0, 0] };
  const cells = cellsOf([certain, even], '01');
  expect(cells.map(({ share }) => share)).toEqual([0.75, 0.25, 0.25, 0.75]);
  expect(cells[1]).toMatchObject({ picture: 'red green', caption: 'green red' });
  expect(cellsOf([certain], '23')).toEqual([]);
});
