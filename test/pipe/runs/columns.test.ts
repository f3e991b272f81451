import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeArrowFile } from '../../../src/pipe/runs/arrow-file.ts';
import {
  booleans,
  floats,
  integers,
  moreTexts,
  type Rows,
  texts,
} from '../../../src/pipe/runs/columns.ts';
import { tableFromIPC } from '../../../src/tables/arrow.ts';
import { bool, numbers, utf8 } from '../../../src/tables/column.ts';
import { readTable } from '../../../src/tables/read.ts';
import { encodeTable } from '../../../src/tables/write.ts';

const flat = <T>({ count, value, others }: Rows<T>): readonly (T | null)[] => [
  ...new Array<T | null>(count).fill(value),
  ...others,
];

const text = fc.constantFrom('', 'a', 'bc', 'ü', '漢字', 'x'.repeat(20));

/** Columns of one length, which is that of so many equal rows and so many others. */
const tables = fc.tuple(fc.nat(20), fc.nat(20)).chain(([count, length]) => {
  const rowsOf = <T>(value: fc.Arbitrary<T>) => {
    const or = fc.option(value);
    const others = fc.array(or, { minLength: length, maxLength: length });
    return fc.record({ count: fc.constant(count), value: or, others });
  };
  return fc.record({
    texts: rowsOf(text),
    plain: rowsOf(fc.constantFrom('a', 'bcd')),
    booleans: rowsOf(fc.boolean()),
    integers: rowsOf(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    floats: rowsOf(fc.double()),
    before: fc.array(text, { minLength: count, maxLength: count }),
  });
});

test('a table of columns is what the Arrow library writes of all their values', () => {
  fc.assert(
    fc.property(tables, fc.dictionary(text, text), (rows, metadata) => {
      const { before } = rows;
      const bytes = encodeArrowFile(
        {
          texts: texts(rows.texts),
          plain: texts(rows.plain),
          booleans: booleans(rows.booleans),
          integers: integers(rows.integers),
          floats: floats(rows.floats),
          more: moreTexts(texts({ count: 0, value: null, others: before }), rows.texts.others),
        },
        metadata,
      );
      const columns = {
        texts: utf8(flat(rows.texts)),
        plain: utf8(flat(rows.plain)),
        booleans: bool(flat(rows.booleans)),
        integers: numbers('int32', flat(rows.integers)),
        floats: numbers('float64', flat(rows.floats)),
        more: utf8([...before, ...rows.texts.others]),
      };
      const [found, expected] = [bytes, encodeTable({ columns, metadata })].map((file) => {
        const table = tableFromIPC(file);
        return { schema: table.schema, rows: table.toArray().map((row) => row.toJSON()) };
      });
      expect(found).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('its file is a whole one by the checks that artifacts are read with', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'columns-')), 'table.arrow');
  const columns = {
    texts: texts({ count: 3, value: 'same', others: ['other', null] }),
    floats: floats({ count: 4, value: null, others: [0.5] }),
  };
  writeFileSync(path, encodeArrowFile(columns, { madeBy: 'a test' }));
  const table = readTable(path);
  expect(table.metadata).toEqual({ madeBy: 'a test' });
  expect(table.values('texts')).toEqual(['same', 'same', 'same', 'other', null]);
  expect(table.values('floats')).toEqual([null, null, null, null, 0.5]);
});
