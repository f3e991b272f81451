import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatheredArtifact } from '../../src/pipe/pipeline/contract.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import compareObjectives from '../../stages/compare-objectives.ts';
import { runStage } from './run-stage.ts';
import { trainSmallVariant } from './small-variant.ts';

let folder = '';
let trainings: readonly GatheredArtifact[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compare-objectives-'));
  const kinds = [3, 9].flatMap((dimension) =>
    ['expected', 'sampled'].map((objective) => ({ dimension, objective })),
  );
  trainings = await Promise.all(
    kinds.map(async (axes, i) => ({
      path: await trainSmallVariant(join(folder, String(i)), axes),
      axes,
    })),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the stage compare-objectives', () => {
  test('says how far apart both objectives are at every point, widest model first', async () => {
    const outputs = await runStage(compareObjectives, join(folder, 'all'), {}, { trainings });
    const points = rows(readTable(outputs.objectives));
    expect(points.map(({ dim, step, objective }) => [dim, step, objective]).slice(0, 3)).toEqual([
      [9, 20, 'sampled'],
      [9, 20, 'expected'],
      [9, 40, 'sampled'],
    ]);
    expect(points).toHaveLength(2 * 3 * 2);
    expect(points[0].apart).toBe(points[1].apart);
    expect(Number(points[0].apart)).toBeGreaterThan(0);
    expect(readFileSync(outputs.svg, 'utf8')).toContain('9 cards, game set; 100 test queries');
  });

  test('refuses a dimension that was trained with one objective only', async () => {
    await expect(
      runStage(compareObjectives, join(folder, 'one'), {}, { trainings: trainings.slice(1) }),
    ).rejects.toThrow('d = 3 was trained with one objective');
  });
});
