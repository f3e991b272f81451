import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { QuerySet } from '../../../src/study/games/query-set.ts';
import { readQuerySet, writeQuerySet } from '../../../src/study/games/query-table.ts';
import { utf8 } from '../../../src/tables/column.ts';
import { readTable } from '../../../src/tables/read.ts';
import { writeTable } from '../../../src/tables/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'queries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const queries: QuerySet = {
  game: 'star',
  count: 2,
  sequenceLength: 4,
  tokens: Uint16Array.of(64, 1, 2, 65, 64, 3, 4, 65),
  maskWords: 1,
  keyMasks: Uint32Array.of(1, 0x80000000),
  keys: Uint16Array.of(0, 31),
  pairs: Uint8Array.of(1, 1),
};

test('queries come back as they were written, with the metadata added', () => {
  const path = join(folder, 'queries.arrow');
  writeQuerySet(path, queries, { split: 'train' });
  expect(readQuerySet(path)).toEqual(queries);
  expect(readTable(path).metadata).toEqual({ split: 'train', game: 'star' });
});

test('a table that is no query set is refused by the stage that should have made it', () => {
  const path = join(folder, 'other.arrow');
  writeTable(path, { columns: { name: utf8(['x']) } });
  expect(() => readQuerySet(path)).toThrow("column 'tokens'");
  expect(() => readQuerySet(path)).toThrow("made by 'build-queries'");
});
