import colors from 'picocolors';
import { expect, test } from 'vitest';
import { cutToWidth } from '../../../src/pipe/reporters/width.ts';

const { bold } = colors.createColors(true);

test('a text is cut to so many columns, wide characters counted as two and never halved', () => {
  expect(cutToWidth('evaluate', 8)).toBe('evaluate');
  expect(cutToWidth('evaluate', 5)).toBe('eval…');
  expect(cutToWidth('漢字漢字', 8)).toBe('漢字漢字');
  expect(cutToWidth('漢字漢字', 7)).toBe('漢字漢…');
  expect(cutToWidth('漢字漢字', 6)).toBe('漢字…');
  expect(cutToWidth('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
});

test('what terminals may show as one sign or as several is given room for several', () => {
  expect(cutToWidth('👩‍👩‍👧 family', 9)).toBe('👩‍👩‍👧 f…');
});

test('styles take no room and end where the text is cut', () => {
  const text = bold('evaluate');
  expect(cutToWidth(text, 8)).toBe(text);
  expect(cutToWidth(text, 5)).toBe(`${text.slice(0, text.indexOf('u'))}…\x1b[0m`);
});
