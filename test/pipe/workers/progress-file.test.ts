import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Progress } from '../../../src/pipe/pipeline/contract.ts';
import { ProgressFile } from '../../../src/pipe/workers/progress-file.ts';
import { temporaryFolder } from '../project.ts';

/** The progress that is read from a file until it is closed, and what is said of faulty lines. */
function read(...parts: readonly string[]) {
  const path = join(temporaryFolder(), 'progress');
  const reports: Progress[] = [];
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    const file = new ProgressFile(path, (progress) => void reports.push(progress));
    for (const part of parts) appendFileSync(path, part);
    file.close();
    return { reports, faults: errors.mock.calls.flat() };
  } finally {
    errors.mockRestore();
  }
}

test('a program that writes no progress has none', () => {
  expect(read()).toEqual({ reports: [], faults: [] });
});

test('progress is a line of JSON at a time, in pieces, and the last may have no end', () => {
  const { reports, faults } = read(
    '{"done": 1, "total"',
    ': 3, "unit": "Zug"}\n\n{"done": 2, "total": 3, "values": {"loss": 0.5, "name": "x"}}\n',
    '{"done": 3, "total": 3}',
  );
  expect(reports).toEqual([
    { done: 1, total: 3, unit: 'Zug' },
    { done: 2, total: 3, unit: 'step', values: { loss: 0.5 } },
    { done: 3, total: 3, unit: 'step' },
  ]);
  expect(faults).toEqual([]);
});

test('a character on the border between two reads stays whole', () => {
  const line = `{"done": 1, "total": 2, "unit": "${'é'.repeat(100_000)}"}\n`;
  // Of two bytes each: one of both texts has one on the border.
  const { reports } = read(line, ` ${line}`);
  expect(reports.map(({ unit }) => unit)).toEqual(['é'.repeat(100_000), 'é'.repeat(100_000)]);
});

test('the first line that is no progress is reported, and the rest is read', () => {
  const { reports, faults } = read('half\n{"done": "1"}\n{"done": 1, "total": 2}\n');
  expect(reports).toEqual([{ done: 1, total: 2, unit: 'step' }]);
  expect(faults).toEqual([
    expect.stringMatching(/a line of progress is not of the form .*: half$/),
  ]);
});
