import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'src/packages/pipe/README.md',
  'src/packages/engine/README.md',
  ...(readdirSync(join(root, 'docs'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A path from the root, or from a page in an example; `stages/` are often those of an imagined project. */
const PATH = /(?<![\w/.@-])(?:\.\.\/)*((?:src|test|bench|docs|\.ci|\.github)\/[\w./-]*[\w/])/g;
/** What the reader chooses, as in bench/FILE.ts. */
const PLACEHOLDER = /\b[A-Z]+\.ts$/;

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function isMissing(path: string): boolean {
  return !existsSync(join(root, path));
}

test.each(PAGES)('every path that %s names exists', (page) => {
  const paths = [...read(page).matchAll(PATH)].map(([, path]) => path);
  expect(paths.filter((path) => isMissing(path) && !PLACEHOLDER.test(path))).toEqual([]);
});

test.each(PAGES)('every link of %s to a file leads to one', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link);
  expect(links.filter((link) => isMissing(join(dirname(page), link)))).toEqual([]);
});

test.each(PAGES)('every npm script that %s names exists', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const names = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
  expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

/** Only `pipe accept` writes the lock file, and this one has the profile `ci` alone. */
test.each(PAGES)('commands of %s that read the lock file name its profile', (page) => {
  const commands = read(page).match(
    /^npx pipe (?:run .*--frozen|accept|diff).*|`npx pipe [^`]*`/gm,
  );
  const reading = (commands ?? [])
    .flatMap((command) => command.split(/&&|#/))
    .filter((command) =>
      /--frozen|pipe accept|pipe diff(?! last~1 last| ci default)/.test(command),
    );
  expect(reading.filter((command) => !command.includes('--profile ci'))).toEqual([]);
});

test.each([
  ['faults', 25],
  ['answers', 22],
])('every row of docs/%s.md names a test that is there', (name, least) => {
  const text = read(`docs/${name}.md`);
  const tables = [...text.matchAll(/^\|.*\| test \|\n\| ---.*\n((?:\|.*\|\n)+)/gm)];
  const rows = tables.flatMap(([, body]) => body.trim().split('\n'));
  expect(rows.length).toBeGreaterThanOrEqual(least);
  for (const row of rows) {
    const [, file, title] = /\| `([\w/-]+\.test\.ts)`: ([^|]+) \|$/.exec(row) ?? [];
    expect(row).toContain(`${file}`);
    expect(read(join('test', file))).toContain(title);
  }
});
