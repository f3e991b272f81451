import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('no source file starts a shell or evaluates text', () => {
  const files = ['src', 'stages']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => /\.(ts|mjs)$/.test(path));
  expect(files.length).toBeGreaterThan(100);
  // `.exec(` of a regular expression is another thing.
  const shell = /(?<![.\w])(exec|execSync|execCommand|eval)\(|\bshell:(?! Shell)|new Function\(/;
  const found = files.filter((path) => shell.test(readFileSync(join(root, path), 'utf8')));
  expect(found).toEqual([]);
});
