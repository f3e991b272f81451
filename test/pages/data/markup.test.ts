import { expect, test } from 'vitest';
import { html, withCode } from '../../../src/pages/data/markup.ts';

test('texts in markup are escaped, markup and numbers are not', () => {
  const items = ['<b>', '"&\''].map((text) => html`<li>${text}</li>`);
  expect(html`<ul title="${'"'}">${items}${3}</ul>`.html).toBe(
    '<ul title="&#34;"><li>&#60;b&#62;</li><li>&#34;&#38;&#39;</li>3</ul>',
  );
});

test('words in backticks become code, escaped', () => {
  expect(html`${withCode('on `a<b` and `c`')}`.html).toBe(
    'on <code>a&#60;b</code> and <code>c</code>',
  );
});
