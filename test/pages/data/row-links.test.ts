import { expect, test } from 'vitest';
import { rowLinks } from '../../../src/pages/data/row-links.ts';
import type { Coordinates, ReportContext } from '../../../src/pipe/pipeline/contract.ts';

function contextOf(...all: readonly Coordinates[]): ReportContext {
  const rest = { stage: 'floor', params: {}, metrics: {}, outputs: [] };
  return {
    profile: 'test',
    instances: all.map((axes, i) => ({ id: `floor[${i}]`, axes, ...rest })),
    artifact: () => undefined,
    artifacts: () => [],
  };
}

test('a row leads to the instance of its coordinates, as far as the row has them', () => {
  const context = contextOf(
    { game: 'set', model: 'noncontrastive' },
    { game: 'set', model: 'contrastive', dim: 4 },
    { game: 'star', model: 'contrastive', dim: 4 },
  );
  const { instance } = rowLinks(context, 'floor', 'floor');
  expect(instance({ game: 'star', dim: 4, kl: 1 })).toEqual({
    html: '<a href="instances.html#floor%5B2%5D">floor[2]</a>',
  });
  expect(instance({ game: 'set', dim: undefined })).toEqual({
    html: '<a href="instances.html#floor%5B0%5D">floor[0]</a>',
  });
  expect(instance({ game: 'union', dim: 4 })).toBe('');
});

test('a table has a link of its own', () => {
  const { table } = rowLinks(contextOf(), 'floor', 'a/b & c');
  expect(table.html).toBe(
    '<a href="tables.html#floor%2Fa%2Fb%20%26%20c"><code>floor/a/b &#38; c</code></a>',
  );
});
