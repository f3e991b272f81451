import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeDeck } from '../../src/study/deck/table.ts';
import { writeFloor } from '../../src/study/floor/table.ts';
import { SubsetCounter } from '../../src/study/games/count-subsets.ts';
import { writeQuerySet } from '../../src/study/games/query-table.ts';
import { testQueries } from '../../src/study/games/sampling.ts';
import { writeSubsetCounts } from '../../src/study/games/subset-counts-table.ts';
import { writeMeanMetrics } from '../../src/study/metrics/tables.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import claims from '../../stages/claims.ts';
import compareVariants from '../../stages/compare-variants.ts';
import floor from '../../stages/floor.ts';
import { runStage } from './run-stage.ts';

const deck = deckOf(9);
let folder = '';
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'judging-stages-'));
  writeDeck(file('deck.arrow'), deck);
  for (const game of ['star', 'union'] as const) {
    const request = { deck, game, pairs: 2, seed: 1, count: 200 };
    writeQuerySet(file(`${game}.arrow`), testQueries(request));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEARCH = { queries: 100, heldOut: 100, restarts: 2, steps: 50, learningRate: 0.1 };

async function floorOf(name: string, game: 'star' | 'union', dim?: number, changes: object = {}) {
  const params = { game, ...(dim !== undefined && { dim }), ...SEARCH, ...changes };
  const queries = [{ path: file(`${game}.arrow`), axes: { game, seed: 1 } }];
  const outputs = await runStage(floor, join(folder, name), params, {
    deck: { path: file('deck.arrow') },
    queries,
  });
  return rows(readTable(outputs.floor))[0];
}

describe('the stage floor', () => {
  it('searches where theory gives no answer', async () => {
    const row = await floorOf('searched', 'union', 2);
    expect(row.theory).toBeNull();
    expect(row.kl).toBeGreaterThan(0.05);
    expect(row.klFitted).toBeLessThanOrEqual(Number(row.klWorstRestart));
    expect(row.overlap).toBeGreaterThan(0.5);
    expect(row.overlap).toBeLessThan(1);
  });

  it('takes theory’s answer where there is one', async () => {
    const exact = { kl: 0, overlap: 1, klFitted: 0, overlapFitted: 1 };
    expect(await floorOf('simplex', 'union', 8)).toMatchObject({ theory: 'simplex', ...exact });
    expect(await floorOf('free', 'union')).toMatchObject({ theory: 'no vectors', ...exact });
    expect(await floorOf('product', 'star', 4)).toMatchObject({
      theory: 'product of simplices',
      ...exact,
    });
  });

  it('says what to do when there are too few queries', async () => {
    await expect(floorOf('few', 'union', 2, { heldOut: 101 })).rejects.toThrow(
      /has 200 queries, and 201 are to be fitted and held out: lower queries and heldOut/,
    );
  });
});

describe('the stage claims', () => {
  it('judges the tables of the study and writes table and scorecard', async () => {
    const [kl, none] = [0.001, new Uint16Array([1])];
    const metrics = [1, 2].flatMap((seed) =>
      [27, 4].map((dim) => {
        const path = file(`metrics-${dim}-${seed}.arrow`);
        const values = Float64Array.of(kl + seed / 1e4);
        const rest = { overlap: Float64Array.of(1), entropy: values, falseMass: values };
        writeMeanMetrics(
          path,
          { trueKeys: none, kl: values, ...rest },
          { parameters: 10, steps: 1 },
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

describe('the stage compare-variants', () => {
  const params = {
    title: 'Dot product or cosine',
    variants: [{ name: 'dot' }, { name: 'cosine', similarity: 'cosine' }],
    games: ['set'],
    cards: 9,
    pairs: 1,
    dims: [9],
    seeds: [1],
    encoder: { layers: 1, width: 16, heads: 2, feedForward: 16 },
    steps: 60,
    points: 3,
    batch: 64,
    learningRate: 0.02,
    warmUp: 5,
    keyScale: 5,
    trainQueries: 1000,
    testQueries: 100,
  };

  it('follows every variant along its training, and draws it', async () => {
    const outputs = await runStage(compareVariants, join(folder, 'variants'), params, {});
    const points = rows(readTable(outputs.variants));
    expect(points.map(({ variant, step }) => [variant, step])).toEqual([
      ['dot', 20],
      ['dot', 40],
      ['dot', 60],
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
    expect(readFileSync(outputs.svg, 'utf8')).toContain('Dot product or cosine');
    expect(existsSync(outputs.png)).toBe(true);
  });

  it('refuses a single variant', () => {
    const alone = { ...params, variants: [{ name: 'dot' }] };
    expect(compareVariants.params.safeParse(alone).success).toBe(false);
  });
});
