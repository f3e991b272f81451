import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { list } from '../../src/tables/column.ts';
import { TableError } from '../../src/tables/error.ts';
import { readTable } from '../../src/tables/read.ts';
import { encodeTable } from '../../src/tables/write.ts';
import { tableFolder } from './sample.ts';

const { pathOf, written } = tableFolder();

describe('a table that cannot be read', () => {
  const fault = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(TableError);
      return (error as Error).message;
    }
    throw new Error('nothing was thrown');
  };

  test('names the file, the column and what made it', () => {
    const table = readTable(written(), 'train');
    const path = table.path;
    expect(fault(() => table.numbers('los', 'float32'))).toBe(
      `column 'los' of ${path} is missing (wanted: float32; the file has: name, good, count, ` +
        "loss, tokens, shape, key); it was made by 'train': run that again",
    );
    expect(fault(() => table.numbers('tokens', 'uint16'))).toContain(
      `column 'tokens' of ${path} holds FixedSizeList[2]<Uint16> instead of uint16`,
    );
    expect(fault(() => table.fixedSizeLists('tokens', 'int32'))).toContain('instead of');
    expect(fault(() => table.lists('name', 'int32'))).toContain('holds Utf8 instead of lists');
    expect(fault(() => table.numbers('loss', 'float32'))).toContain('has 1 empty rows');
    expect(fault(() => table.note('seed'))).toContain("has no metadata 'seed'");
  });

  test('says that a file is absent, foreign or truncated', () => {
    const path = pathOf('bad.arrow');
    expect(fault(() => readTable(pathOf('none.arrow'), 'train'))).toContain('does not exist');
    writeFileSync(path, 'hello, this is not a table at all');
    expect(fault(() => readTable(path))).toContain('is not an Arrow file');
    writeFileSync(path, '');
    expect(fault(() => readTable(path))).toContain('is not an Arrow file');
  });

  test('is an error wherever the file is cut', () => {
    const bytes = readFileSync(written());
    const path = pathOf('cut.arrow');
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(fault(() => readTable(path))).toContain(path);
    }
  });

  test('is an error if its lists reach beyond its values', () => {
    const path = pathOf('lists.arrow');
    // Three lists of one: their offsets 0 1 2 3 stand in the file as they are.
    const bytes = Buffer.from(encodeTable({ columns: { l: list('int32', [[70], [71], [72]]) } }));
    const at = bytes.indexOf(Buffer.from(Int32Array.of(0, 1, 2, 3).buffer));
    bytes.writeInt32LE(9, at + 12);
    writeFileSync(path, bytes);
    expect(fault(() => readTable(path))).toContain('row 3 starts outside its values');
  });
});
