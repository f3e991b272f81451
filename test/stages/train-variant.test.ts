import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrajectory } from '../../src/study/training/trajectory.ts';
import { trainSmallVariant } from './small-variant.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'train-variant-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a variant keeps its scores of the same test queries at every point of its training', async () => {
  const path = await trainSmallVariant(join(folder, 'first'), { seed: 2, points: 2 });
  const { game, dim, seed, queries, keys, points } = readTrajectory(path);
  expect({ game, dim, seed, queries, keys }).toEqual({
    game: 'set',
    dim: 9,
    seed: 2,
    queries: 100,
    keys: 9,
  });
  expect(points.map(({ step }) => step)).toEqual([30, 60]);
  const other = readTrajectory(await trainSmallVariant(join(folder, 'other'), { seed: 1 }));
  expect(other.isTrue).toEqual(readTrajectory(path).isTrue);
});

test('a variant gives the same bytes every time', async () => {
  const [first, second] = await Promise.all(
    ['a', 'b'].map((name) => trainSmallVariant(join(folder, name), { steps: 10 })),
  );
  expect(readFileSync(first)).toEqual(readFileSync(second));
});

test('a variant may be non-contrastive, of any game and trained with Muon', async () => {
  const path = await trainSmallVariant(join(folder, 'other model'), {
    game: 'shatter',
    model: 'noncontrastive',
    dimension: undefined,
    optimizer: 'muon',
    steps: 4,
    points: 2,
  });
  const { game, dim, points } = readTrajectory(path);
  expect({ game, dim }).toEqual({ game: 'shatter', dim: undefined });
  expect(points.map(({ step }) => step)).toEqual([2, 4]);
});

test('a contrastive model has one dimension, another none', async () => {
  const wrong = [{ dim: 9 }, { dimension: undefined }, { model: 'noncontrastive' }];
  for (const changes of wrong) {
    await expect(trainSmallVariant(join(folder, 'wrong'), changes)).rejects.toThrow(
      'a contrastive model needs dimension',
    );
  }
});
