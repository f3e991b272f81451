import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { expect, test } from 'vitest';
import { readAxisValues } from '../../../src/pipe/current/axis-values.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { temporaryFolder } from '../project.ts';

/** Reads the column `name` of a file with this content. */
function read(file: string, content: string | Uint8Array) {
  const path = join(temporaryFolder(), 'stored-under-another-name');
  writeFileSync(path, content);
  const axis = { axis: 'part', stage: 'split', output: 'parts', column: 'name', stages: [] };
  return readAxisValues(realDisk, path, file, axis, 'digest');
}

const arrow = (columns: Record<string, unknown>) =>
  tableToIPC(tableFromArrays(columns as Record<string, unknown[]>), 'file');

test('the column of an Arrow table, a CSV file or a file of JSON Lines has the values, sorted', async () => {
  const values = { values: [2, 10, 'B', 'a b', 'é'], table: 'digest' };
  expect(await read('parts.csv', '\ufeffid,name\n1,10\n2,"a b"\n3,é\n4,B\n5,2\n')).toEqual(values);
  const rows = [10, 'a b', 'é', 'B', 2].map((name) => JSON.stringify({ name }));
  expect(await read('parts.jsonl', `${rows.join('\n')}\n\n`)).toEqual(values);
  expect(await read('parts.arrow', arrow({ name: Float64Array.of(3, -1, 0.5) }))).toEqual({
    values: [-1, 0.5, 3],
    table: 'digest',
  });
  expect(
    await read('parts.arrow', arrow({ name: vectorFromArray(['b', 'a'], new Utf8()) })),
  ).toMatchObject({ values: ['a', 'b'] });
});

test('in CSV what YAML takes for a number is one, and all else is text', async () => {
  const csv = 'name\n7\n007\n1e3\n0.5\nInfinity\n"with ""quotes"", and comma"\n';
  expect(await read('parts.csv', csv)).toMatchObject({
    values: [0.5, 7, '007', '1e3', 'Infinity', 'with "quotes", and comma'],
  });
});

test('of values that are equal as text the first counts, with a warning', async () => {
  const lines = ['"a"', '"a"', '1', '"1"', '-0', '"a"'].map((value) => `{"name":${value}}`);
  expect(await read('parts.jsonl', lines.join('\n'))).toEqual({
    values: [0, 1, 'a'],
    table: 'digest',
    repeats: `axis 'part': split/parts has "a" and 1 more more than once; each value counts once`,
  });
});

test('an empty table has no values', async () => {
  for (const [file, content] of [
    ['parts.csv', 'name\n'],
    ['parts.jsonl', ''],
    ['parts.arrow', arrow({ name: Float64Array.of() })],
  ] as const) {
    expect(await read(file, content)).toEqual({ values: [], table: 'digest' });
  }
});

test('what cannot be a value, a missing column and a damaged table are said with a fix', async () => {
  for (const [file, content, message, hint] of [
    ['parts.csv', 'nam\na\n', `has no column 'name'`, `did you mean 'nam'?`],
    ['parts.csv', '', `has no column 'name'`, ''],
    ['parts.csv', 'name\n""\n', 'has "" in row 1', 'make it a number'],
    ['parts.csv', 'name,x\na\n', 'Invalid Record Length', `mend the stage 'split'`],
    ['parts.jsonl', '{"name":"a"}\n{"x":1}', 'has null in row 2', 'make it a number'],
    ['parts.jsonl', '{"name":[1]}', 'has [1] in row 1', 'make it a number'],
    ['parts.jsonl', '{"name":1}\n[1]', 'has no JSON object in line 2', 'one JSON object per line'],
    ['parts.jsonl', '{"name":', 'has no JSON in line 1', 'one JSON object per line'],
    ['parts.arrow', arrow({ other: ['a'] }), `has no column 'name'`, `its columns: 'other'`],
    ['parts.arrow', arrow({ name: Float64Array.of(Number.NaN) }), 'has NaN in row 1', 'number'],
    ['parts.arrow', arrow({ name: ['a'] }), 'holds Dictionary<Int32, Utf8>', 'mend the stage'],
    ['parts.arrow', 'no table', 'is not an Arrow file', `mend the stage 'split'`],
  ] as const) {
    const found = await read(file, content);
    expect(found).toMatchObject({ message: expect.stringContaining(message) });
    expect('hint' in found ? found.hint : '').toContain(hint);
  }
});

test('an axis has at most 200000 values', async () => {
  const name = Float64Array.from({ length: 200_001 }, (_, i) => i);
  expect(await read('parts.arrow', arrow({ name }))).toMatchObject({
    message: `axis 'part': split/parts has 200001 values; the limit is 200000`,
  });
});
