import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixOf, scriptOf } from '../../../src/pipe/slurm/job-script.ts';
import { runProcess } from '../../processes.ts';
import { temporaryFolder } from '../project.ts';

/** Runs a script as Slurm does: it is executed as it is. The home has a profile with a function `module`. */
function run(setup: readonly string[], scratch?: string) {
  const home = temporaryFolder();
  const path = join(home, 'script');
  const start = ['echo "agent $LOADED $TMPDIR $PATH"', 'exit 0'];
  writeFileSync(path, scriptOf({ setup: [...setup], scratch }, '/own/bin:/usr/bin:/bin', start));
  writeFileSync(
    join(home, '.profile'),
    `module() { LOADED="$LOADED$2"; [ "$2" != none ]; }\nPATH=/usr/bin:/bin:/profile/bin\n`,
  );
  chmodSync(path, 0o755);
  const env = { HOME: home, PATH: '/usr/bin:/bin', TMPDIR: '/tmp' };
  return { home, ...runProcess(path, [], { env, extendEnv: false }) };
}

test('setup lines run in a login shell, which knows `module`, and programs stay those of the coordinator', () => {
  const { status, stdout } = run(['module load a', 'module load b', 'if true; then X=c; fi']);
  expect(stdout).toMatch(/^agent ab \/tmp \/own\/bin:/);
  expect(stdout).toContain('/profile/bin');
  expect(status).toBe(0);
});

test.each([
  ['module load none', 1],
  ['exit 3', 3],
  ["echo 'it''s' >&2; false", 1],
  ['if true', 1],
  ['no-such-program', 127],
])('the setup line %j ends the job and is named', (line, code) => {
  const { status, stderr, stdout } = run(['module load a', line, 'module load b']);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/setup of the site file failed on \S+, with exit code \d+: /);
  expect(stderr.trimEnd().endsWith(`: ${line}`)).toBe(true);
  if (line !== 'if true') expect(status).toBe(code);
  expect(status).not.toBe(0);
  expect(fixOf(stderr)).toBe('correct that line of `setup` in the site file');
});

test('a scratch folder is made on the node; one that cannot be ends the job', () => {
  const folder = temporaryFolder();
  const { stdout } = run([], `${folder}/$((1 + 1))`);
  expect(stdout).toMatch(new RegExp(`^agent  ${folder}/2 `));
  expect(existsSync(join(folder, '2'))).toBe(true);
  const { status, stderr } = run([], '/proc/none');
  expect(status).toBe(1);
  expect(stderr).toMatch(/scratch of the site file cannot be used: \/proc\/none on /);
  expect(fixOf(stderr)).toContain('`scratch`');
});

test('without setup lines a job starts without a shell of one', () => {
  expect(scriptOf({ setup: [], scratch: undefined }, '/bin', ['exec agent'])).toBe(
    '#!/bin/sh\nexec agent\n',
  );
});
