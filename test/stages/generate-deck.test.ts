import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDeck } from '../../src/study/deck/table.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import generateDeck from '../../stages/generate-deck.ts';
import { runStage } from './run-stage.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the deck is written key by key', async () => {
  const { deck } = await runStage(generateDeck, join(folder, 'deck'), { deck: 9, values: 3 }, {});
  expect(readDeck(deck).keys).toBe(9);
  expect(rows(readTable(deck))[5]).toEqual({ key: 5, attribute0: 1, attribute1: 2 });
  expect(readTable(deck).metadata).toEqual({ attributes: '2', values: '3' });
});

test('parameters that the stage does not know are refused', () => {
  expect(generateDeck.params.safeParse({ deck: 9, value: 3 }).success).toBe(false);
});
