import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { runProcess } from '../../processes.ts';
import { PipeProject, stage } from './pipe.ts';

/** A chain a -> b. The output of a is a text in its code; a may fail half way. */
const A = (text: string, note = '') =>
  stage(`
    ${note}
    writeFileSync(outputs.out, '${text.slice(0, 2)}');
    if (existsSync('${flag}')) throw new Error('half way');
    if (existsSync('${trap}')) { process.kill(-process.ppid, 'SIGKILL'); await new Promise(() => {}); }
    writeFileSync(outputs.out, '${text}');`);

const project = new PipeProject({
  'pipeline.yaml': 'stages: { a: {}, b: { inputs: { from: a/out } } }',
  'stages/b.ts': stage(
    `writeFileSync(outputs.out, readFileSync(inputs.from.path, 'utf8') + ', read by b');`,
    { inputs: `{ from: 'one' }` },
  ),
});
/** Makes a fail after a part of its output is written. */
const flag = join(project.root, 'fail');
/** Makes a kill the whole group of processes then. */
const trap = join(project.root, 'trap');
const sourceOfA = join(project.root, 'stages/a.ts');
const artifact = (name: string) => join(project.root, `artifacts/${name}/out.txt`);
const text = (name: string) => readFileSync(artifact(name), 'utf8');

/** Runs; returns which stages ran and which came from the cache. */
function run() {
  const { stdout, stderr, status } = project.pipe('run');
  const find = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, name]) => name);
  return {
    status,
    ran: find(/\] (\w+) done in/g),
    restored: find(/\] (\w+) restored/g),
    said: stdout + stderr,
  };
}

const nothing = { status: 0, ran: [], restored: [] };

beforeEach(() => {
  project.write('stages/a.ts', A('one'));
  // Results of earlier tests are in the cache, so each test uses texts of its own.
  expect(run().status).toBe(0);
  expect(text('b')).toBe('one, read by b');
});
afterAll(() => project.remove());

test('an input that is touched reruns nothing', () => {
  utimesSync(sourceOfA, new Date(), new Date());
  utimesSync(artifact('a'), new Date(), new Date());
  expect(run()).toMatchObject(nothing);
});

test('a cosmetic edit reruns nothing; one that changes code but not the output, a alone', () => {
  project.write('stages/a.ts', `// A comment.\n${A('one')}\n`);
  expect(run()).toMatchObject(nothing);
  project.write('stages/a.ts', A('one', 'const unused = 1;'));
  expect(run()).toMatchObject({ status: 0, ran: ['a'], restored: [] });
});

test('an edit of the contract of a stage changes the graph, even if it was expected to stay', () => {
  project.write('stages/a.ts', A('one').replace(`'out.txt'`, `'other.txt'`));
  expect(run()).toMatchObject({ status: 0, ran: ['a'], restored: [] });
  expect(readFileSync(join(project.root, 'artifacts/a/other.txt'), 'utf8')).toBe('one');
  project.write('stages/a.ts', A('one').replace('inputs: {}', `inputs: { more: 'one' }`));
  expect(run()).toMatchObject({ status: 2, said: expect.stringContaining('more') });
});

test('a final output altered by hand is noticed, reported and restored', () => {
  writeFileSync(artifact('b'), 'altered');
  const { said, ...rest } = run();
  expect(rest).toEqual({ status: 0, ran: [], restored: ['b'] });
  expect(said).toContain('artifacts/b/out.txt was altered outside the pipeline: restored');
  expect(text('b')).toBe('one, read by b');
});

test('results of an edit that is undone come from the cache', () => {
  project.write('stages/a.ts', A('two'));
  expect(run()).toMatchObject({ ran: ['a', 'b'] });
  project.write('stages/a.ts', A('one'));
  expect(run()).toMatchObject({ status: 0, ran: [], restored: ['a', 'b'] });
  expect(text('b')).toBe('one, read by b');
});

test('a stage that fails after a part of its output leaves none, and reruns', () => {
  project.write('stages/a.ts', A('three'));
  project.write('fail', '');
  expect(run()).toMatchObject({ status: 1, ran: [] });
  expect(text('a')).toBe('one');
  project.remove('fail');
  expect(run()).toMatchObject({ status: 0, ran: ['a', 'b'] });
  expect(text('b')).toBe('three, read by b');
});

test('after the whole group is killed with a part of an output written, a reruns', async () => {
  project.write('stages/a.ts', A('four'));
  project.write('trap', '');
  const child = project.start('run');
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(existsSync(join(project.root, 'cache/lock'))).toBe(true);
  expect(text('a')).toBe('one');
  project.remove('trap');
  expect(run()).toMatchObject({ status: 0, ran: ['a', 'b'] });
  expect(text('b')).toBe('four, read by b');
});

test('cached data that is altered, even with size and times kept, is never restored: a reruns', () => {
  const blobs = join(project.root, 'cache/blobs');
  for (const name of readdirSync(blobs, { recursive: true, encoding: 'utf8' })) {
    const path = join(blobs, name);
    if (!statSync(path).isFile() || readFileSync(path, 'utf8') !== 'one') continue;
    const { atime, mtime } = statSync(path);
    chmodSync(path, 0o644);
    writeFileSync(path, 'onf');
    utimesSync(path, atime, mtime);
  }
  writeFileSync(artifact('a'), 'altered');
  expect(run()).toMatchObject({ status: 0, ran: ['a'], restored: [] });
  expect(text('a')).toBe('one');
});

test('a run is exported as one file, with its provenance', () => {
  const { status, stdout } = project.pipe('export', '-o', 'study.tar');
  expect(status).toBe(0);
  for (const [target, why] of [
    ['none/study.tar', `there is no folder ${join(project.root, 'none')}`],
    ['stages', `${join(project.root, 'stages')} is a folder`],
  ]) {
    expect(project.pipe('export', '-o', target)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(why),
    });
  }
  expect(stdout).toMatch(/study\.tar: 2 artifacts of 2 instances, 17 B\n$/);
  const listed = runProcess('tar', ['-tf', join(project.root, 'study.tar')]);
  expect(
    listed.stdout
      .replaceAll(/^[^/]+\//gm, '')
      .trim()
      .split('\n'),
  ).toEqual(['provenance.json', 'SHA256SUMS', 'artifacts/a/out.txt', 'artifacts/b/out.txt']);
});

test('verify --rerun proves both stages deterministic, and shows one that is not', () => {
  expect(project.pipe('verify', '--rerun', 'a', 'b')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(
      '2 instances run again: 2 with the same bytes, 0 with different bytes, 0 failed',
    ),
  });
  project.write('stages/a.ts', A('one').replace(`'one'`, 'process.hrtime.bigint().toString()'));
  run();
  const made = text('a');
  const { status, stdout } = project.pipe('verify', '--rerun', 'a');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^a: 'out' has different bytes, from byte \d+ on: \d+ B instead of \d+ B/);
  expect(text('a')).toBe(made);
  expect(run()).toMatchObject(nothing);
});
