import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { leftLog, withAttempt } from '../../../src/pipe/slurm/left-log.ts';
import { WorkFolders } from '../../../src/pipe/slurm/work-folders.ts';
import { PipeProject, stage } from '../cli/pipe.ts';
import { temporaryFolder } from '../project.ts';
import { keyOf } from './coordinator.ts';
import { lastRun } from './projects.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { count: {} }\n',
  'stages/count.ts': stage(`writeFileSync(outputs.out, 'x');`),
});
afterAll(() => project.remove());

test('a log continues that of the instance where that ends', () => {
  expect(withAttempt('', 'a\nb\n')).toBe('a\nb\n');
  expect(withAttempt('before\na\n', 'a\nb\n')).toBe('before\na\nb\n');
  expect(withAttempt('a\na\n', 'a\na\nb\n')).toBe('a\na\nb\n');
  expect(withAttempt('before\na\n', 'c\n')).toBe('before\na\nc\n');
  // What was told is ahead of what this machine sees of the file.
  expect(withAttempt('before\na\nb\n', 'a\n')).toBe('before\na\nb\n');
  expect(withAttempt('a\n', '')).toBe('a\n');
});

test('of several attempts the last counts, and of none there is no log', () => {
  const root = temporaryFolder();
  const paths = new Paths(root);
  const folders = new WorkFolders(realDisk, paths);
  const key = keyOf('count');
  expect(leftLog(realDisk, paths, key)).toBeUndefined();
  for (const text of ['first', 'second']) {
    const { log } = folders.places(folders.next(key));
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, text);
  }
  expect(leftLog(realDisk, paths, key)).toBe('second');
});

test('pipe log shows what an attempt prints on a cluster while no run follows it', () => {
  expect(project.pipe('run').status).toBe(0);
  const key = lastRun(project.root)[0].key as ActionKey;
  project.forget();
  const paths = new Paths(project.root);
  const folders = new WorkFolders(realDisk, paths);
  const { log } = folders.places(folders.next(key));
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, 'step 1\nstep 2\n');
  mkdirSync(dirname(paths.log('count')), { recursive: true });
  writeFileSync(paths.log('count'), 'step 1\n');
  expect(project.pipe('log', 'count').stdout).toBe('step 1\nstep 2\n');
});
