import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RowTypes, readRows, writeRows } from '../../src/tables/records.ts';
import { temporaryFolder } from '../pipe/project.ts';

interface Reading {
  readonly name: string;
  readonly count: number;
  readonly share?: number;
}

const READINGS: RowTypes<Reading> = { name: 'utf8', count: 'int32', share: 'float64' };

test('records come back as they were written, absent values absent', () => {
  const path = join(temporaryFolder(), 'readings.arrow');
  const readings: readonly Reading[] = [
    { name: 'a', count: 3, share: 1 / 3 },
    { name: 'b', count: -1 },
  ];
  writeRows(path, READINGS, readings);
  expect(readRows(path, READINGS)).toEqual(readings);
});

test('numbers that are not finite come back as numbers', () => {
  const path = join(temporaryFolder(), 'readings.arrow');
  const readings: readonly Reading[] = [Number.NaN, Infinity, -Infinity, 0.5].map((share) => ({
    name: 'Infinity',
    count: 1,
    share,
  }));
  writeRows(path, READINGS, readings);
  expect(readRows(path, READINGS)).toEqual(readings);
});

test('no records make a table without rows; a column that is missing is an error', () => {
  const path = join(temporaryFolder(), 'readings.arrow');
  writeRows(path, READINGS, []);
  expect(readRows(path, READINGS)).toEqual([]);
  expect(() => readRows(path, { ...READINGS, more: 'utf8' })).toThrow('more');
});

test('numbers that do not fit their column are refused', () => {
  const path = join(temporaryFolder(), 'readings.arrow');
  expect(() => writeRows(path, READINGS, [{ name: 'a', count: 0.5 }])).toThrow(RangeError);
});
