import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTable } from '../../src/tables/read.ts';
import buildQueries from '../../stages/build-queries.ts';
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

test('the same queries are written byte for byte each time', async () => {
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

test('a game that does not exist is refused', () => {
  expect(buildQueries.params.safeParse({ game: 'sets', seed: 1, ...sizes }).success).toBe(false);
});
