import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test.each([
  ['faults', 25],
  ['answers', 22],
])('every row of docs/%s.md names a test that is there', (name, least) => {
  const text = readFileSync(join(root, `docs/${name}.md`), 'utf8');
  const tables = [...text.matchAll(/^\|.*\| test \|\n\| ---.*\n((?:\|.*\|\n)+)/gm)];
  const rows = tables.flatMap(([, body]) => body.trim().split('\n'));
  expect(rows.length).toBeGreaterThanOrEqual(least);
  for (const row of rows) {
    const [, file, title] = /\| `([\w/-]+\.test\.ts)`: ([^|]+) \|$/.exec(row) ?? [];
    expect(row).toContain(`${file}`);
    expect(readFileSync(join(root, 'test', file), 'utf8')).toContain(title);
  }
});
