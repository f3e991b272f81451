import { describe, expect, test } from 'vitest';
import { numbers } from '../../src/tables/column.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import { writeTable } from '../../src/tables/write.ts';
import { tableFolder } from './sample.ts';

const { pathOf, written } = tableFolder();

describe('a table', () => {
  test('shows its rows as JSON: exact integers, short floats, null where nothing is', () => {
    expect(rows(readTable(written()))).toEqual([
      { name: 'a', good: true, count: 1, loss: 0.1, tokens: [1, 2], shape: [2, 3], key: 1 },
      {
        name: null,
        good: false,
        count: 2 ** 53 - 1,
        loss: null,
        tokens: [3, 4],
        shape: [],
        key: 2,
      },
      {
        name: 'çß',
        good: null,
        count: -5,
        loss: 'NaN',
        tokens: [5, 65535],
        shape: [7],
        key: 4294967295,
      },
    ]);
    expect(rows(readTable(written()), 1, 2)).toHaveLength(1);
  });

  test('shows a 64-bit integer that no number holds as a decimal string', () => {
    const path = pathOf('wide.arrow');
    writeTable(path, { columns: { n: numbers('int64', BigInt64Array.of(2n ** 60n + 1n)) } });
    expect(rows(readTable(path))).toEqual([{ n: '1152921504606846977' }]);
  });
});
