import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ActionKey, Digest } from '../../../src/pipe/core/digest.ts';
import { digestText } from '../../../src/pipe/core/digest.ts';
import type { AcceptedRecord, AcceptedResults } from '../../../src/pipe/lock-file/accepted.ts';
import { formatLockFile } from '../../../src/pipe/lock-file/accepted.ts';
import { parseLockFile } from '../../../src/pipe/lock-file/read.ts';
import { runProcess } from '../../processes.ts';
import { fc } from '../../properties.ts';
import { temporaryFolder } from '../project.ts';

const FILE = 'pipeline.lock.yaml';

function record(seed: string, metrics: Readonly<Record<string, number>> = {}): AcceptedRecord {
  return {
    key: digestText(`key ${seed}`) as string as ActionKey,
    code: digestText(`code ${seed}`),
    params: { steps: 300, encoder: { layers: 2 } },
    metrics,
    outputs: { out: digestText(`out ${seed}`) },
  };
}

function lockFile(records: Readonly<Record<string, AcceptedRecord>>): AcceptedResults {
  const instances = new Map(Object.entries(records));
  return new Map([['default', { machine: 'linux-x64, some processor', instances }]]);
}

test('the lock file has one line per fact, below the id of its instance', () => {
  const text = formatLockFile(lockFile({ 'train[dim=8]': record('a', { kl: 0.25 }) }));
  expect(text.split('\n').map((line) => line.slice(0, 50))).toEqual([
    '# The accepted results. Written by `pipe accept`, ',
    'version: 1',
    'profiles:',
    '  default:',
    '    machine: "linux-x64, some processor"',
    '    instances:',
    '      "train[dim=8]":',
    `        key: "${digestText('key a').slice(0, 36)}`,
    `        code: "${digestText('code a').slice(0, 35)}`,
    '        params: {"encoder":{"layers":2},"steps":30',
    '        metrics: {"kl":0.25}',
    `        outputs: {"out":"${digestText('out a').slice(0, 25)}`,
    '',
  ]);
});

/** Params come from YAML themselves, which has no integers beyond the exact ones, and where `__proto__` is refused. */
const keys = fc.string().filter((key) => key !== '__proto__');
const { json } = fc.letrec<{ json: AcceptedRecord['params'] }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 'null', '1e3', '# no comment', 'a: b'),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 3 }),
  ),
}));
const digests = fc.string().map((text) => digestText(text));
const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const records = fc.record({
  key: digests as fc.Arbitrary<string> as fc.Arbitrary<ActionKey>,
  code: digests,
  params: json,
  metrics: fc.dictionary(names, fc.double({ noNaN: true, noDefaultInfinity: true })),
  outputs: fc.dictionary(names, digests as fc.Arbitrary<Digest>),
});
const ids = fc.oneof(names, fc.constantFrom('null', 'true', '1e3', 'train[game=set,dim=8]'));
const files = fc.dictionary(names, fc.dictionary(ids, records)).map((profiles): AcceptedResults => {
  const entries = Object.entries(profiles).map(([name, instances]) => {
    const profile = { machine: 'a: "b" #c', instances: new Map(Object.entries(instances)) };
    return [name, profile] as const;
  });
  return new Map(entries);
});

test('a lock file that is read and written again has the same bytes', () => {
  fc.assert(
    fc.property(files, (results) => {
      const text = formatLockFile(results);
      const read = parseLockFile(FILE, text);
      expect(read).toBeInstanceOf(Map);
      expect(formatLockFile(read as AcceptedResults)).toBe(text);
    }),
    { numRuns: 40 },
  );
});

test('the order of the instances does not matter', () => {
  const [a, b] = [record('a'), record('b')];
  expect(formatLockFile(lockFile({ a, b }))).toBe(formatLockFile(lockFile({ b, a })));
});

/** Merges as git does; the text, or undefined for a conflict. */
function merge(base: string, ours: string, theirs: string): string | undefined {
  const folder = temporaryFolder();
  const paths = [ours, base, theirs].map((text, i) => {
    const path = join(folder, String(i));
    writeFileSync(path, text);
    return path;
  });
  const { status, stdout } = runProcess('git', ['merge-file', '-p', ...paths]);
  return status === 0 ? stdout : undefined;
}

test('two versions that changed adjacent instances merge without a conflict', () => {
  const base = { a: record('a'), b: record('b'), c: record('c') };
  const ours = { ...base, a: record('a2', { kl: 1 }) };
  const theirs = { ...base, b: record('b2') };
  const merged = merge(
    ...([base, ours, theirs].map((version) => formatLockFile(lockFile(version))) as [
      string,
      string,
      string,
    ]),
  );
  expect(merged).toBe(formatLockFile(lockFile({ ...ours, b: theirs.b })));
});

test('two versions that changed the same instance conflict, and the error names the fix', () => {
  const [base, ours, theirs] = ['a', 'a2', 'a3'].map((seed) =>
    formatLockFile(lockFile({ a: record(seed) })),
  );
  expect(merge(base, ours, theirs)).toBeUndefined();
  const text = ours.replace('        key', '<<<<<<< HEAD\n        key');
  expect(parseLockFile(FILE, text)).toEqual([
    expect.objectContaining({
      message: 'unresolved merge conflict: both versions changed the same result',
      range: { file: FILE, line: 8, column: 1, length: 12 },
      hint: expect.stringContaining(`git checkout --ours ${FILE}`),
    }),
  ]);
});

test('an invalid lock file is rejected with the place', () => {
  const good = formatLockFile(lockFile({ a: record('a') }));
  const cases: readonly (readonly [string, string, number])[] = [
    ['stages: {}\n', 'not a lock file of version 1', 1],
    [good.replace('version: 1', 'version: 9'), 'not a lock file of version 1', 2],
    [good.replace(/key: "..../, 'key: "../x'), 'not a SHA-256 digest of 64 hexadecimal digits', 8],
    [good.replace(/outputs.*/, 'outputs: 3'), "'outputs' must be a mapping, not 3", 11],
    [good.replace(/ {4}machine.*\n/, ''), "profile 'default' has no machine", 5],
  ];
  for (const [text, message, line] of cases) {
    expect(parseLockFile(FILE, text)).toEqual([
      expect.objectContaining({ message, range: expect.objectContaining({ line }) }),
    ]);
  }
});
