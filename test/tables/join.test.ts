import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { afterAll, expect, test } from 'vitest';
import { numbers, utf8 } from '../../src/tables/column.ts';
import { columnsOf, joinTables } from '../../src/tables/join.ts';
import { writeTable } from '../../src/tables/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'join-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, columns: Parameters<typeof writeTable>[1]['columns']): string {
  const path = join(folder, name);
  writeTable(path, { columns });
  return path;
}

const rowsOf = (bytes: Uint8Array) =>
  tableFromIPC(bytes)
    .toArray()
    .map((row) => ({ ...row }));

test('tables of equal columns are put under each other with their coordinates, absent ones as null', () => {
  const first = file('a', { x: numbers('int32', [1, 2]), name: utf8(['ä', null]) });
  const second = file('b', { x: numbers('int32', [3]), name: utf8(['c']) });
  const joined = joinTables([
    { path: first, coordinates: { model: 'small', seed: 1 } },
    { path: second, coordinates: { model: 'large' } },
  ]);
  expect(joined?.columns).toEqual(['model', 'seed', 'x', 'name']);
  expect(joined?.count).toBe(3);
  expect(rowsOf(joined?.bytes ?? new Uint8Array())).toEqual([
    { model: 'small', seed: 1, x: 1, name: 'ä' },
    { model: 'small', seed: 1, x: 2, name: null },
    { model: 'large', seed: null, x: 3, name: 'c' },
  ]);
});

test('the first rows of each are taken, across batches and bits, where not all are asked for', () => {
  const words = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? null : `word ${i}`));
  const long = join(folder, 'long');
  const table = tableFromArrays({ word: words, even: words.map((_, i) => i % 2 === 0) });
  writeFileSync(long, tableToIPC(table.concat(table), 'file'));
  const parts = [1, 2].map((seed) => ({ path: long, coordinates: { seed } }));
  const joined = joinTables(parts, 23);
  expect([joined?.count, joined?.total]).toEqual([46, 80]);
  const expected = [1, 2].flatMap((seed) =>
    Array.from({ length: 23 }, (_, i) => ({ seed, word: words[i % 20], even: i % 2 === 0 })),
  );
  expect(rowsOf(joined?.bytes ?? new Uint8Array())).toEqual(expected);
  expect(joinTables(parts, 0)?.count).toBe(0);
});

test('a column of the table wins over a coordinate of the same name', () => {
  const path = file('c', { seed: numbers('int32', [7]) });
  const joined = joinTables([{ path, coordinates: { seed: 1 } }]);
  expect(rowsOf(joined?.bytes ?? new Uint8Array())).toEqual([{ seed: 7 }]);
});

test('texts that a file of another program holds by dictionary, in several batches, are written out', () => {
  const path = join(folder, 'd');
  const table = tableFromArrays({ word: ['b', 'a', 'b'] });
  writeFileSync(path, tableToIPC(table.concat(table), 'file'));
  const joined = joinTables([{ path, coordinates: { n: 1 } }]);
  expect(rowsOf(joined?.bytes ?? new Uint8Array())).toEqual(
    ['b', 'a', 'b', 'b', 'a', 'b'].map((word) => ({ n: 1, word })),
  );
});

test('tables of other columns are not joined, and what is no Arrow file is refused', () => {
  const a = file('e', { x: numbers('int32', [1]) });
  const b = file('f', { x: numbers('float64', [1]) });
  expect(joinTables([a, b].map((path) => ({ path, coordinates: {} })))).toBeUndefined();
  expect([columnsOf(a), columnsOf(b)]).toEqual(['x Int32', 'x Float64']);
  const other = join(folder, 'g');
  writeFileSync(other, 'not a table');
  expect(() => joinTables([{ path: other, coordinates: {} }])).toThrow();
});
