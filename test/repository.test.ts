import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const git = (...args: readonly string[]) =>
  execaSync('git', ['-C', root, ...args], { reject: false });
/** Of a tarball nothing is tracked. */
const isCheckout =
  git('rev-parse', '--show-prefix').stdout === '' && readdirSync(root).includes('.git');

test.runIf(isCheckout)('no tracked file is larger than a megabyte: a clone stays small', () => {
  const tracked = git('ls-files', '-z').stdout.split('\0').filter(Boolean);
  expect(tracked.length).toBeGreaterThan(100);

  const large = tracked.filter(
    (path) => (statSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0) > 2 ** 20,
  );

  expect(large).toEqual([]);
});
