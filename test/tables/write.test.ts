import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { fixedSizeList, list, numbers, utf8 } from '../../src/tables/column.ts';
import { readTable } from '../../src/tables/read.ts';
import { encodeTable, writeTable } from '../../src/tables/write.ts';
import { fc } from '../properties.ts';
import { content, tableFolder } from './sample.ts';

const { pathOf, written } = tableFolder();

describe('a table', () => {
  test('comes back with its columns, types and metadata', () => {
    const table = readTable(written());
    expect(table.count).toBe(3);
    expect(table.metadata).toEqual(content.metadata);
    expect(table.values('name')).toEqual(['a', null, 'çß']);
    expect(table.values('good')).toEqual([true, false, null]);
    expect([...table.numbers('count', 'int64')]).toEqual([1n, 2n ** 53n - 1n, -5n]);
    expect(table.fixedSizeLists('tokens', 'uint16')).toEqual({
      size: 2,
      values: Uint16Array.of(1, 2, 3, 4, 5, 65535),
    });
    expect(table.lists('shape', 'int32')).toEqual([
      Int32Array.of(2, 3),
      new Int32Array(0),
      Int32Array.of(7),
    ]);
    expect(table.numbers('key', 'uint32')).toEqual(Uint32Array.of(1, 2, 4294967295));
  });

  test('may be empty and keeps its columns', () => {
    const path = pathOf('empty.arrow');
    writeTable(path, {
      columns: {
        a: numbers('float32', []),
        b: list('int32', []),
        c: utf8([]),
        d: fixedSizeList('uint16', 4, new Uint16Array(0)),
      },
    });
    const table = readTable(path);
    expect(table.count).toBe(0);
    expect(table.numbers('a', 'float32')).toHaveLength(0);
    expect(table.lists('b', 'int32')).toEqual([]);
    expect(table.utf8('c')).toEqual([]);
    expect(table.fixedSizeLists('d', 'uint16').values).toHaveLength(0);
  });

  test('has the same bytes whenever it has the same content', () => {
    expect(encodeTable(content)).toEqual(encodeTable(structuredClone(content)));
  });

  test('is an ordinary Arrow file', () => {
    const table = tableFromIPC(readFileSync(written()));
    expect(table.numRows).toBe(3);
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      'Utf8',
      'Bool',
      'Int64',
      'Float32',
      'FixedSizeList[2]<Uint16>',
      'List<Int32>',
      'Uint32',
    ]);
    expect(table.schema.metadata.get('game')).toBe('union');
  });

  test('holds any column of numbers', () => {
    const path = pathOf('any.arrow');
    fc.assert(
      fc.property(fc.float32Array(), fc.array(fc.string()), (floats, strings) => {
        writeTable(path, { columns: { floats: numbers('float32', floats) } });
        expect(readTable(path).numbers('floats', 'float32')).toEqual(floats);
        writeTable(path, { columns: { strings: utf8(strings) } });
        expect(readTable(path).utf8('strings')).toEqual(strings);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('a table that cannot be written', () => {
  test('is refused with the reason', () => {
    expect(() => numbers('uint8', [1, 256])).toThrow('256 does not fit uint8');
    expect(() => numbers('int32', [0.5])).toThrow('0.5 does not fit int32');
    expect(() => numbers('int64', [2 ** 60])).toThrow('not an exact integer');
    expect(() => fixedSizeList('int32', 2, Int32Array.of(1, 2, 3))).toThrow('lists of 2');
    expect(() => encodeTable({ columns: { a: utf8(['x']), b: utf8(['x', 'y']) } })).toThrow(
      "column 'b' has 2 rows, column 'a' has 1",
    );
  });
});
