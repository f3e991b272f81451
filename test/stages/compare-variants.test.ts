import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatheredArtifact } from '../../src/pipe/pipeline/contract.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import compareVariants from '../../stages/compare-variants.ts';
import { runStage } from './run-stage.ts';
import { trainSmallVariant } from './small-variant.ts';

let folder = '';
let trainings: readonly GatheredArtifact[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compare-variants-'));
  trainings = await Promise.all(
    // As the runner gathers them, by coordinate: cosine comes before dot.
    ['cosine', 'dot'].map(async (similarity) => ({
      path: await trainSmallVariant(join(folder, similarity), { similarity }),
      axes: { similarity },
    })),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const params = {
  title: 'Dot product or cosine',
  axis: 'similarity',
  variants: [
    { value: 'dot', name: 'dot product' },
    { value: 'cosine', name: 'cosine' },
  ],
};

describe('the stage compare-variants', () => {
  test('follows every variant along its training, and draws it', async () => {
    const outputs = await runStage(compareVariants, join(folder, 'variants'), params, {
      trainings,
    });
    const points = rows(readTable(outputs.variants));
    expect(points.map(({ variant, step }) => [variant, step])).toEqual([
      ['dot product', 20],
      ['dot product', 40],
      ['dot product', 60],
      ['cosine', 20],
      ['cosine', 40],
      ['cosine', 60],
    ]);
    // A cosine in [-1, 1] cannot put more than e^2 / (e^2 + 8) on one key of nine.
    const least = -Math.log(Math.E ** 2 / (Math.E ** 2 + 8));
    for (const { variant, kl } of points) {
      if (variant === 'cosine') expect(kl).toBeGreaterThan(least);
    }
    expect(Number(points[2].kl)).toBeLessThan(Number(points[5].kl));
    const svg = readFileSync(outputs.svg, 'utf8');
    expect(svg).toContain('Dot product or cosine');
    expect(svg).toContain('9 cards; 100 test queries; Adam; 1 seed');
    expect(existsSync(outputs.png)).toBe(true);
  });

  test('refuses a training of a variant that it has no name for', async () => {
    const others = [params.variants[0], { value: 'scaled-cosine', name: 'with a temperature' }];
    await expect(
      runStage(
        compareVariants,
        join(folder, 'unnamed'),
        { ...params, variants: others },
        {
          trainings,
        },
      ),
    ).rejects.toThrow("similarity = cosine has no name: add it to the param 'variants'");
  });

  test('refuses a single variant', () => {
    const alone = { ...params, variants: [{ value: 'dot', name: 'dot product' }] };
    expect(compareVariants.params.safeParse(alone).success).toBe(false);
  });
});
