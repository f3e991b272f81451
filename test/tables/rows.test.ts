import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bool, fixedSizeList, list, numbers, utf8 } from '../../src/tables/column.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import { writeTable } from '../../src/tables/write.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = {
  metadata: { game: 'union', note: 'ümlaut' },
  columns: {
    name: utf8(['a', null, 'çß']),
    good: bool([true, false, null]),
    count: numbers('int64', [1, 2 ** 53 - 1, -5]),
    loss: numbers('float32', [0.1, null, Number.NaN]),
    tokens: fixedSizeList('uint16', 2, Uint16Array.of(1, 2, 3, 4, 5, 65535)),
    shape: list('int32', [[2, 3], [], [7]]),
    key: numbers('uint32', Uint32Array.of(1, 2, 4294967295)),
  },
};

function written(): string {
  const path = join(folder, 'table.arrow');
  writeTable(path, content);
  return path;
}

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
    const path = join(folder, 'wide.arrow');
    writeTable(path, { columns: { n: numbers('int64', BigInt64Array.of(2n ** 60n + 1n)) } });
    expect(rows(readTable(path))).toEqual([{ n: '1152921504606846977' }]);
  });
});
