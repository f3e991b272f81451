import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PackedData } from '../../../src/pipe/report/data-script.ts';
import type { ReportInput } from '../../../src/pipe/report/input.ts';
import { type TableEntry, tablesPage } from '../../../src/pipe/report/pages/tables.ts';
import { Stream } from '../../../src/random/stream.ts';
import { list, numbers } from '../../../src/tables/column.ts';
import { encodeTable } from '../../../src/tables/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'tables-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The tables of some files as the page has them, each an output of its own of two instances. */
function tablesOf(paths: Readonly<Record<string, string>>) {
  const results = [1, 2].map((seed) => ({
    instance: { id: `s[seed=${seed}]`, stage: 's', axes: { seed } },
    files: Object.entries(paths).map(([output, path]) => ({
      output,
      name: `${output}.arrow`,
      path,
      size: statSync(path).size,
    })),
  }));
  const { data = {} } = tablesPage({ results } as unknown as ReportInput) ?? {};
  const entries = data.list as unknown as readonly TableEntry[];
  return {
    contents: Object.fromEntries(entries.map(({ name, content }) => [name, content])),
    data,
  };
}

const whole = (length: number) =>
  numbers(
    'int32',
    Int32Array.from({ length }, (_, i) => i % 64),
  );

test('a table of few bytes is part of a report as a whole, and a file that is none is named', () => {
  const { contents, data } = tablesOf({
    few: file('few', encodeTable({ columns: { x: whole(100_000) } })),
    broken: file('broken', 'no table'),
  });
  expect(contents['s/few']).toEqual({ count: 200_000, data: 's/few' });
  expect(data['s/few']).toBeInstanceOf(PackedData);
  expect(contents['s/broken']).toEqual({
    why: expect.stringMatching(/^it cannot be read: .*[^.]$/),
    isReadable: false,
  });
});

test('of a table of many rows, or of many bytes that cannot be made fewer, the first rows of each instance are', () => {
  const random = new Stream([1, 2, 3, 4]);
  const noise = () =>
    numbers(
      'float64',
      Float64Array.from({ length: 100_000 }, () => random.float()),
    );
  const columns = Object.fromEntries([...'abcdefgh'].map((name) => [name, noise()]));
  const { contents } = tablesOf({
    long: file('long', encodeTable({ columns: { x: whole(130_000) } })),
    noise: file('noise', encodeTable({ columns })),
  });
  expect(contents['s/long']).toEqual({ count: 50_000, total: 260_000, data: 's/long' });
  const { count, total } = contents['s/noise'] as { count: number; total: number };
  expect(total).toBe(200_000);
  expect(count).toBeGreaterThan(10_000);
  expect(count).toBeLessThan(20_000);
});

test('a table whose rows are too large is left out, and leaves the others their place', () => {
  const random = new Stream([1, 2, 3, 4]);
  const weights = [Float32Array.from({ length: 2_000_000 }, () => random.float())];
  const { contents } = tablesOf({
    weights: file('weights', encodeTable({ columns: { w: list('float32', weights) } })),
    few: file('few', encodeTable({ columns: { x: whole(10) } })),
  });
  expect(contents['s/weights']).toEqual({
    why: '16.0 MB of 2 instances are too much for a report',
    isReadable: true,
  });
  expect(contents['s/few']).toEqual({ count: 20, data: 's/few' });
});
