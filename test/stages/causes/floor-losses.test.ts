import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FREE_TABLE } from '../../../src/causes/evidence.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { writeDeck } from '../../../src/study/deck/table.ts';
import { writeQuerySet } from '../../../src/study/games/query-table.ts';
import { testQueries } from '../../../src/study/games/sampling.ts';
import { readRows } from '../../../src/tables/records.ts';
import floorLosses from '../../../stages/causes/floor-losses.ts';
import { runStage } from '../run-stage.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floor-losses-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every start is a row; at d = K - 1 cross-entropy leaves less than InfoNCE where the whole deck is asked for', async () => {
  const deck = deckOf(9);
  const [deckPath, queries] = ['deck.arrow', 'test.arrow'].map((name) => join(folder, name));
  writeDeck(deckPath, deck);
  const set = testQueries({ deck, game: 'union', pairs: 3, seed: 1, count: 300 });
  writeQuerySet(queries, set);
  const rowsOf = async (loss: string) => {
    const params = { game: 'union', dim: 8, loss, queries: 300, restarts: 2, steps: 400 };
    const outputs = await runStage(
      floorLosses,
      join(folder, loss),
      { ...params, learningRate: 0.1 },
      { deck: { path: deckPath }, queries: [{ path: queries, axes: { game: 'union', seed: 1 } }] },
    );
    return readRows(outputs.free, FREE_TABLE);
  };
  const [infonce, crossEntropy] = [await rowsOf('infonce'), await rowsOf('cross-entropy')];
  expect(infonce.map(({ restart }) => restart)).toEqual([0, 1]);
  const whole = set.keyMasks.filter((mask) => mask === 2 ** 9 - 1).length / 300;
  expect(infonce[0].wholeDeck).toBeCloseTo(whole, 12);
  expect(whole).toBeGreaterThan(0.05);
  const worst = Math.max(...crossEntropy.map(({ kl }) => kl));
  for (const { kl } of infonce) expect(kl).toBeGreaterThan(2 * worst);
});
