import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeFloor } from '../../src/study/floor/table.ts';
import { SubsetCounter } from '../../src/study/games/count-subsets.ts';
import { writeSubsetCounts } from '../../src/study/games/subset-counts-table.ts';
import { writeMeanMetrics } from '../../src/study/metrics/tables.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import claims from '../../stages/claims.ts';
import { runStage } from './run-stage.ts';

let folder = '';

const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'judging-stages-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the stage claims', () => {
  test('judges the tables of the study and writes table and scorecard', async () => {
    const [kl, none] = [0.001, new Uint16Array([1])];
    const metrics = [1, 2].flatMap((seed) =>
      [27, 4].map((dim) => {
        const path = file(`metrics-${dim}-${seed}.arrow`);
        const values = Float64Array.of(kl + seed / 1e4);
        const rest = { overlap: Float64Array.of(1), entropy: values, falseMass: values };
        writeMeanMetrics(
          path,
          { trueKeys: none, kl: values, ...rest },
          { query: [true], answer: [true] },
          { parameters: 10, flops: 1, steps: 1, rank: 1, effectiveRank: 1 },
        );
        return { path, axes: { deck: 27, game: 'set', model: 'contrastive', dim, seed } };
      }),
    );
    const counts = file('counts.arrow');
    writeSubsetCounts(counts, new SubsetCounter(1).count(deckOf(27), 1));
    const floors = [{ path: file('floor.arrow'), axes: { deck: 27, game: 'set', dim: 4 } }];
    const quality = { kl: 0, overlap: 1 };
    writeFloor(floors[0].path, {
      theory: 'polygon',
      fittedSets: 27,
      heldOutSets: 27,
      fitted: quality,
      heldOut: quality,
      worstKl: 0,
    });
    const inputs = { metrics, counts: { path: counts }, floors };
    const outputs = await runStage(claims, join(folder, 'claims'), { profile: 'test' }, inputs);
    const table = readTable(outputs.claims);
    expect(table.columns.map(({ name }) => name)).toEqual([
      'claim',
      'profile',
      'verdict',
      'evidence',
    ]);
    const verdicts = Object.fromEntries(rows(table).map((row) => [row.claim, row]));
    expect(verdicts['set-solved-by-all'].verdict).toBe('undecided');
    expect(verdicts['set-solved-by-all'].evidence).toContain('no non-contrastive model');
    expect(verdicts['set-subsets-published-exponent'].verdict).toBe('fails');
    expect(verdicts['no-model-below-floor'].verdict).toBe('holds');
    expect(readFileSync(outputs.scorecard, 'utf8')).toContain('# Published claims');
    const headline = await claims.headline?.(outputs);
    const verdictCounts = Object.values(headline ?? {}).map((metric) =>
      typeof metric === 'number' ? metric : metric.value,
    );
    const total = verdictCounts.reduce((sum, count) => sum + count, 0);
    expect(total).toBe(table.count);
  });
});
