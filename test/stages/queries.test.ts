import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDeck } from '../../src/study/deck/table.ts';
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

describe('the stages from deck to subset counts', () => {
  it('write the deck key by key', async () => {
    const { deck } = await runStage(generateDeck, join(folder, 'deck'), { deck: 9, values: 3 }, {});
    expect(readDeck(deck).keys).toBe(9);
    expect(rows(readTable(deck))[5]).toEqual({ key: 5, attribute0: 1, attribute1: 2 });
    expect(readTable(deck).metadata).toEqual({ attributes: '2', values: '3' });
  });

  it('write the same queries byte for byte each time', async () => {
    const first = await build('first', 'symdiff');
    const second = await build('second', 'symdiff');
    for (const split of ['train', 'test'] as const) {
      expect(readFileSync(first[split])).toEqual(readFileSync(second[split]));
    }
    expect(readTable(first.train).metadata).toEqual({
      attributes: '2',
      values: '3',
      pairs: '5',
      split: 'train',
      game: 'symdiff',
    });
    expect(readTable(first.train).count).toBe(500);
    expect(readTable(first.test).count).toBe(200);
  });

  it('count the subsets of decks and find every built answer among them', async () => {
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

  it.each([
    ['union', 0b101_011_010], // six pairs at least
    ['star', 0b11],
    ['set', 0b11],
    ['shatter', 0b1],
  ])('fail when a %s query claims an answer that it cannot have', async (game, mask) => {
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

  it('refuse parameters that they do not know', () => {
    expect(countSubsets.params.safeParse({ decks: [10], maxPairs: 8 }).success).toBe(false);
    expect(generateDeck.params.safeParse({ deck: 9, value: 3 }).success).toBe(false);
    expect(buildQueries.params.safeParse({ game: 'sets', seed: 1, ...sizes }).success).toBe(false);
  });
});
