import { expect, test } from 'vitest';
import type { ReportInput } from '../../../src/pipe/report/input.ts';
import { figuresPage } from '../../../src/pipe/report/pages/figures.ts';

function pageOf(...names: readonly string[]) {
  const files = names.map((name, i) => ({
    name,
    path: `/artifacts/${name}`,
    digest: `${i}`.repeat(64),
    size: 10,
  }));
  const results = [{ instance: { id: 'plot[<b>]' }, files }];
  return figuresPage({ results } as unknown as ReportInput);
}

test('a picture in several formats is one figure, shown as vectors, with a download of each', () => {
  const page = pageOf('kl.png', 'kl.svg', 'data.csv', 'other.png');
  const figures = [...(page?.html.match(/<figure.*?<\/figure>/gs) ?? [])];
  expect(figures).toHaveLength(2);
  const [first = '', second = ''] = figures;
  expect(first).toContain('<img src="files/figures/1111111111111111.svg"');
  expect(first.match(/download="[^"]*"/g)).toEqual(['download="kl.png"', 'download="kl.svg"']);
  expect(first).not.toContain('<b>');
  expect(second.match(/download="[^"]*"/g)).toEqual(['download="other.png"']);
  expect(Object.values(page?.files ?? {})).toEqual([
    '/artifacts/kl.png',
    '/artifacts/kl.svg',
    '/artifacts/other.png',
  ]);
});

test('without a picture there is no page', () => {
  expect(pageOf('data.csv')).toBeUndefined();
});
