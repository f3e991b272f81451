import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every test that docs/faults.md names is there', () => {
  const text = readFileSync(join(root, 'docs/faults.md'), 'utf8');
  const rows = [...text.matchAll(/\| `([\w/-]+\.test\.ts)`: (.+?) \|$/gm)];
  expect(rows.length).toBeGreaterThan(20);
  for (const [, file, title] of rows) {
    expect(readFileSync(join(root, 'test', file), 'utf8')).toContain(title);
  }
});
