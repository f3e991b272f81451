import { expect, test } from 'vitest';
import { visible } from '../../../src/pipe/core/visible.ts';

test('what would move the cursor, change colours or the direction is written out', () => {
  expect(visible('\x1b[31mred\x07\r\x9b2J')).toBe('\\x1b[31mred\\x07\\r\\x9b2J');
  expect(visible('a\u202eb\u2066c\u2028d')).toBe('a\\u202eb\\u2066c\\u2028d');
});

test('other text stays as it is', () => {
  const text = 'lines\n\tand tabs, ü, 漢字, 👩‍👩‍👧 and \\x1b';
  expect(visible(text)).toBe(text);
});
