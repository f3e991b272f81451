import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeDeck } from '../../src/study/deck/table.ts';
import { writeQuerySet } from '../../src/study/games/query-table.ts';
import { testQueries } from '../../src/study/games/sampling.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
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
  test('searches where theory gives no answer', async () => {
    const row = await floorOf('searched', 'union', 2);
    expect(row.theory).toBeNull();
    expect(row.kl).toBeGreaterThan(0.05);
    expect(row.klFitted).toBeLessThanOrEqual(Number(row.klWorstRestart));
    expect(row.overlap).toBeGreaterThan(0.5);
    expect(row.overlap).toBeLessThan(1);
  });

  test('takes theory’s answer where there is one', async () => {
    const exact = { kl: 0, overlap: 1, klFitted: 0, overlapFitted: 1 };
    expect(await floorOf('simplex', 'union', 8)).toMatchObject({ theory: 'simplex', ...exact });
    expect(await floorOf('free', 'union')).toMatchObject({ theory: 'no vectors', ...exact });
    expect(await floorOf('product', 'star', 4)).toMatchObject({
      theory: 'product of simplices',
      ...exact,
    });
  });

  test('says what to do when there are too few queries', async () => {
    await expect(floorOf('few', 'union', 2, { heldOut: 101 })).rejects.toThrow(
      /has 200 queries, but 201 are to be fitted or held out: lower queries and heldOut/,
    );
  });
});
