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
  const rows = text
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line) && !line.startsWith('| ---'));
  expect(rows.length - 1).toBeGreaterThanOrEqual(least);
  for (const row of rows.slice(1)) {
    const [, file, title] = /\| `([\w/-]+\.test\.ts)`: ([^|]+) \|$/.exec(row) ?? [];
    expect(row).toContain(`${file}`);
    expect(readFileSync(join(root, 'test', file), 'utf8')).toContain(title);
  }
});
