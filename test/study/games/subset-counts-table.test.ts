import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { SubsetCounter } from '../../../src/study/games/count-subsets.ts';
import { readSubsets, writeSubsetCounts } from '../../../src/study/games/subset-counts-table.ts';

test('small counts are written out, large ones are powers of two, and a bound says that it is one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'));
  try {
    const path = join(folder, 'counts.arrow');
    const counter = new SubsetCounter(1);
    writeSubsetCounts(path, [
      ...counter.count(deckOf(9), 1),
      {
        ...counter.count(deckOf(9), 1)[2],
        deck: 81,
        pairs: 5,
        log2Subsets: 30.8,
        method: 'lower bound',
      },
    ]);
    const subsets = readSubsets(path, 1);
    // A pair of 9 cards selects one of the 4² subcubes.
    expect(['set', 'star', 'union', 'shatter'].map((game) => subsets(9, game))).toEqual([
      '9',
      '16',
      '16',
      '511',
    ]);
    expect(readSubsets(path, 5)(81, 'union')).toBe('> 2³⁰');
    expect(subsets(27, 'set')).toBeUndefined();
    writeSubsetCounts(path, counter.count(deckOf(27), 1));
    expect(readSubsets(path, 1)(27, 'shatter')).toBe('≈ 2²⁷');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
