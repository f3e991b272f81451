import { beforeAll, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { USUAL } from '../../../src/studies/encoder-decoder.ts';
import { drawPairs, learn } from '../../../src/studies/translation/experiment.ts';
import { prepare } from '../../../src/studies/translation/prepare.ts';

beforeAll(() => tf.setBackend('cpu'));

const NAMES = ['un', 'deux', 'trois', 'quatre'] as const;
const ENGLISH = ['one', 'two', 'three', 'four'] as const;
const { pairs, units } = prepare(
  NAMES.map((name, i) => ({
    isHeldOut: i === 3,
    french: [name, '.'],
    english: [ENGLISH[i], '.'],
  })),
  { train: 3, heldOut: 1, merges: 30 },
);

test('a few pairs are learned by heart, and what is said is measured on both parts', async () => {
  const { points, translations, attention } = await learn({
    pairs,
    units,
    model: { layers: 1, heads: 2, width: 16, feedForward: 16, ...USUAL },
    batch: 4,
    schedule: { peak: 0.02, warmUp: 5, steps: 60 },
    every: 30,
    seed: 1,
  });
  expect(points.map(({ step }) => step)).toEqual([30, 60]);
  expect(points[1]).toMatchObject({ exactMatch: 1 });
  expect(points[1].loss).toBeLessThan(points[0].loss);
  expect(translations.map(({ split }) => split)).toEqual(['train', 'train', 'train', 'val']);
  expect(translations.slice(0, 3).map(({ translation }) => translation)).toEqual([
    'one .',
    'two .',
    'three .',
  ]);
  const targets = Math.max(...attention.map(({ target }) => target)) + 1;
  const read = attention.reduce((sum, { weight }) => sum + weight, 0);
  expect(read).toBeCloseTo(targets, 4);
});

test('every epoch has each pair once, in an order of its own', () => {
  const some = Array.from({ length: 6 }, (_, i) => ({ source: [i], target: [] }));
  const drawn = Array.from({ length: 9 }, (_, step) => drawPairs(some, 4, 1, step)).flat();
  const epochs = Array.from({ length: 6 }, (_, epoch) =>
    drawn.slice(6 * epoch, 6 * epoch + 6).map(({ source }) => source[0]),
  );
  for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set(epochs.map(String)).size).toBeGreaterThan(1);
  expect(drawPairs(some, 4, 1, 3)).toEqual(drawn.slice(12, 16));
});
