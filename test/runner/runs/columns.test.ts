import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  booleans,
  encodeColumns,
  floats,
  integers,
  type Rows,
  texts,
} from '../../../src/runner/runs/columns.ts';
import { bool, numbers, utf8 } from '../../../src/tables/column.ts';
import { encodeTable } from '../../../src/tables/write.ts';

const flat = <T>({ count, value, others }: Rows<T>): readonly (T | null)[] => [
  ...new Array<T | null>(count).fill(value),
  ...others,
];

test('a table is written byte by byte as it is from all its values', () => {
  const rowsOf = <T>(value: fc.Arbitrary<T>, count: number, length: number) => {
    const or = fc.option(value);
    const others = fc.array(or, { minLength: length, maxLength: length });
    return fc.record({ count: fc.constant(count), value: or, others });
  };
  const text = fc.constantFrom('', 'a', 'bc', 'ü', '漢字', 'x'.repeat(20));
  const tables = fc.tuple(fc.nat(20), fc.nat(20)).chain(([count, length]) =>
    fc.record({
      texts: rowsOf(text, count, length),
      plain: rowsOf(fc.constantFrom('a', 'bcd'), count, length),
      booleans: rowsOf(fc.boolean(), count, length),
      integers: rowsOf(fc.integer(), count, length),
      floats: rowsOf(fc.double(), count, length),
    }),
  );
  const metadata = { madeBy: 'a test', 'of what': 'columns' };
  fc.assert(
    fc.property(tables, (rows) => {
      const columns = {
        texts: texts(rows.texts),
        plain: texts(rows.plain),
        booleans: booleans(rows.booleans),
        integers: integers(rows.integers),
        floats: floats(rows.floats),
      };
      const expected = {
        texts: utf8(flat(rows.texts)),
        plain: utf8(flat(rows.plain)),
        booleans: bool(flat(rows.booleans)),
        integers: numbers('int32', flat(rows.integers)),
        floats: numbers('float64', flat(rows.floats)),
      };
      const bytes = Buffer.from(encodeColumns(columns, metadata));
      expect(bytes.equals(encodeTable({ columns: expected, metadata }))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
