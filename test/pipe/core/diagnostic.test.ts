import { expect, test } from 'vitest';
import { formatDiagnostic, formatDiagnostics } from '../../../src/pipe/core/diagnostic.ts';

const SOURCES = { 'pipeline.yaml': 'axes:\n  game: [set]\nstges:\n' };
const MISTAKE = {
  message: "unknown key 'stges' in the pipeline",
  range: { file: 'pipeline.yaml', line: 3, column: 1, length: 5 },
  hint: "did you mean 'stages'?",
};

test('a diagnostic shows the place, the line and the fix', () => {
  expect(formatDiagnostic(MISTAKE, SOURCES)).toBe(
    [
      "error: unknown key 'stges' in the pipeline",
      '  at pipeline.yaml:3:1',
      ' 2 |   game: [set]',
      ' 3 | stges:',
      '   | ^^^^^',
      "  fix: did you mean 'stages'?",
    ].join('\n'),
  );
});

test('without the text of the file only the place is shown', () => {
  expect(formatDiagnostic(MISTAKE)).toBe(
    "error: unknown key 'stges' in the pipeline\n  at pipeline.yaml:3:1\n  fix: did you mean 'stages'?",
  );
});

test('a --set is shown as the place itself', () => {
  const range = { file: '--set train.steps=x', line: 1, column: 1, length: 3 };
  expect(formatDiagnostic({ message: 'no', range })).toBe('error: no\n  at --set train.steps=x');
});

test('a diagnostic without a place is one line', () => {
  expect(formatDiagnostic({ message: 'the disk is full' })).toBe('error: the disk is full');
});

test('several diagnostics are counted', () => {
  expect(formatDiagnostics([{ message: 'a' }, { message: 'b' }])).toBe(
    'error: a\n\nerror: b\n\n2 errors',
  );
});

test('a long line is cut around the mistake', () => {
  const text = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
  const range = { file: 'f', line: 1, column: 501, length: 4 };
  const lines = formatDiagnostic({ message: 'm', range }, { f: text }).split('\n');
  const at = lines[3].indexOf('^');
  expect(lines[2].slice(at, at + 4)).toBe('HERE');
  expect(lines[2].length).toBeLessThan(110);
});
