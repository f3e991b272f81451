import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNumbers } from '../../../src/studies/precision/read.ts';
import { MEAN_TABLE, type MeanRow } from '../../../src/studies/precision/tables.ts';
import { writeRows } from '../../../src/tables/records.ts';

test('numbers that are not finite are read as they were written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'precision-'));
  try {
    const path = join(folder, 'means.arrow');
    const rows = [2.5, Number.POSITIVE_INFINITY, Number.NaN].map(
      (mean, i): MeanRow => ({ order: 'in pairs', terms: 16 << i, mean }),
    );
    writeRows(path, MEAN_TABLE, rows);
    expect(readNumbers([path, path], MEAN_TABLE)).toEqual([...rows, ...rows]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
