import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readQuerySet, writeQuerySet } from '../../src/study/games/query-table.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import buildQueries from '../../stages/build-queries.ts';
import countSubsets from '../../stages/count-subsets.ts';
import generateDeck from '../../stages/generate-deck.ts';
import { runStage } from './run-stage.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sizes = { pairs: 5, trainQueries: 500, testQueries: 200 };

async function build(name: string, game: string) {
  const { deck } = await runStage(
    generateDeck,
    join(folder, `deck-${name}`),
    { deck: 9, values: 3 },
    {},
  );
  const path = { path: deck };
  return runStage(buildQueries, join(folder, name), { game, seed: 1, ...sizes }, { deck: path });
}

describe('the stage count-subsets', () => {
  test('counts the subsets of decks and finds every built answer among them', async () => {
    const queries = await Promise.all(
      ['set', 'star', 'union', 'symdiff', 'shatter'].map(async (game) => {
        const { test } = await build(`count-${game}`, game);
        return { path: test, axes: { deck: 9, game } };
      }),
    );
    const outputs = await runStage(
      countSubsets,
      join(folder, 'counts'),
      { decks: [9], maxPairs: 2 },
      { queries },
    );
    const counts = rows(readTable(outputs['subset-counts']));
    expect(counts).toHaveLength(9);
    expect(counts[3]).toEqual({
      deck: 9,
      game: 'union',
      operators: 'union',
      pairs: 2,
      subsets: 103,
      nonEmptySubsets: 103,
      log2Subsets: Math.log2(103),
      method: 'exact',
    });
  });

  test.each([
    ['union', 0b101_011_010], // six pairs at least
    ['star', 0b11],
    ['set', 0b11],
    ['shatter', 0b1],
  ])('fails when a %s query has an answer that it cannot have', async (game, mask) => {
    const { test } = await build(`bad-${game}`, game);
    const queries = readQuerySet(test);
    const keyMasks = queries.keyMasks.slice();
    // A shatter query of several members keeps its number of members, so that one is too few.
    const at = queries.pairs.findIndex((pairs) => game !== 'shatter' || pairs > 1);
    keyMasks[at] = mask;
    const pairs = game === 'union' ? queries.pairs.map(() => 2) : queries.pairs;
    const bad = join(folder, `${game}.arrow`);
    const { metadata } = readTable(test);
    writeQuerySet(bad, { ...queries, keyMasks, pairs }, metadata);
    const inputs = { queries: [{ path: bad, axes: { deck: 9, game } }] };
    await expect(
      runStage(countSubsets, join(folder, `counts-${game}`), { decks: [9], maxPairs: 2 }, inputs),
    ).rejects.toThrow(/has the answer \d+ \(a mask over 9 keys\), which no/);
  });

  test('refuses a deck that it cannot count', () => {
    expect(countSubsets.params.safeParse({ decks: [10], maxPairs: 8 }).success).toBe(false);
  });
});
