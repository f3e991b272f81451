import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bool, fixedSizeList, list, numbers, utf8 } from '../../src/tables/column.ts';
import { writeTable } from '../../src/tables/write.ts';

/** A column of every kind, with nulls, extremes and an empty list. */
export const content = {
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

/** For the tests of a file: a folder, removed after the last of them. */
export function tableFolder(): { readonly pathOf: (name: string) => string; written(): string } {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const pathOf = (name: string) => join(folder, name);
  return {
    pathOf,
    /** @returns path of a table with the content above */
    written() {
      const path = pathOf('table.arrow');
      writeTable(path, content);
      return path;
    },
  };
}
