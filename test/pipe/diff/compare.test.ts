import { expect, test } from 'vitest';
import type { Version, VersionedResult } from '../../../src/pipe/diff/compare.ts';
import { compareVersions, pairUp } from '../../../src/pipe/diff/compare.ts';
import { formatMarkdown } from '../../../src/pipe/diff/markdown.ts';

function version(name: string, instances: Readonly<Record<string, VersionedResult>>): Version {
  return { name, instances: new Map(Object.entries(instances)) };
}

const none = () => undefined;

test('instances are paired by id; the others are removed or added', () => {
  expect(pairUp(['a', 'b[x=1]', 'b[x=2]'], ['b[x=2]', 'b[x=3]', 'c'])).toEqual({
    both: [['b[x=2]', 'b[x=2]']],
    removed: ['a', 'b[x=1]'],
    added: ['b[x=3]', 'c'],
  });
});

test('profiles are paired by the axes on which they have a common value', () => {
  const small = ['train[deck=9,dim=8]', 'train[deck=9,dim=9]', 'plot'];
  const large = ['train[deck=27,dim=8]', 'train[deck=27,dim=27]', 'plot'];
  expect(pairUp(small, large)).toEqual({
    both: [
      ['plot', 'plot'],
      ['train[deck=9,dim=8]', 'train[deck=27,dim=8]'],
    ],
    removed: ['train[deck=9,dim=9]'],
    added: ['train[deck=27,dim=27]'],
  });
});

test('an ambiguous instance is paired with none', () => {
  const found = pairUp(['train[deck=9,dim=8]'], ['train[deck=27,dim=8]', 'train[deck=81,dim=8]']);
  expect(found.both).toEqual([]);
  expect(found.added).toHaveLength(2);
});

const before = version('before', {
  'train[dim=4]': { code: 'c', params: { steps: 300, rate: 1 }, metrics: {} },
  'train[dim=8]': { code: 'c', params: { steps: 300, rate: 1 }, metrics: {} },
  'evaluate[dim=4]': { code: 'e', params: {}, metrics: { kl: 0.5, overlap: 0.75 } },
  'evaluate[dim=8]': { code: 'e', params: {}, metrics: { kl: 0.25, overlap: 1 } },
});
const after = version('after', {
  'train[dim=4]': { code: 'c', params: { steps: 400, rate: 1 }, metrics: {} },
  'train[dim=8]': { code: 'c', params: { steps: 400, rate: 1 }, metrics: {} },
  'evaluate[dim=4]': { code: 'e', params: {}, metrics: { kl: 0.375, overlap: 0.75 } },
  'evaluate[dim=8]': { metrics: { kl: 0.25, entropy: 2 } },
});

test('equal changes are reported once, metrics one by one', () => {
  expect(compareVersions(before, after, none)).toEqual({
    before: 'before',
    after: 'after',
    changes: [
      {
        change: { kind: 'param', path: 'steps', before: 300, after: 400 },
        instances: ['train[dim=4]', 'train[dim=8]'],
      },
    ],
    metrics: [
      { instance: 'evaluate[dim=4]', metric: 'kl', before: 0.5, after: 0.375, isTolerated: false },
      {
        instance: 'evaluate[dim=8]',
        metric: 'entropy',
        before: undefined,
        after: 2,
        isTolerated: false,
      },
      {
        instance: 'evaluate[dim=8]',
        metric: 'overlap',
        before: 1,
        after: undefined,
        isTolerated: false,
      },
    ],
    sameMetrics: 2,
    removed: [],
    added: [],
    unknown: ['evaluate[dim=8]'],
  });
});

test('a job summary shows the metrics before and after, and the changes', () => {
  expect(formatMarkdown(compareVersions(before, after, none)).split('\n')).toEqual([
    '### Results: before → after',
    '',
    '| instance | metric | before | after | change |',
    '| --- | --- | ---: | ---: | ---: |',
    '| `evaluate[dim=4]` | kl | 0.5 | 0.375 | -0.125 |',
    '| `evaluate[dim=8]` | entropy | none | 2 |  |',
    '| `evaluate[dim=8]` | overlap | 1 | none |  |',
    '',
    'The other 2 headline metrics did not change.',
    '',
    'Changes:',
    '',
    '- `params.steps 300 -> 400` (`train[dim=4]`, `train[dim=8]`)',
    '- code and params no longer known: `evaluate[dim=8]`',
    '',
  ]);
  expect(formatMarkdown(compareVersions(before, before, none))).toContain(
    '4 headline metrics, none changed.',
  );
});

test('metrics within their tolerance come last, folded, and do not count as changed', () => {
  const accepted = version('accepted', {
    'evaluate[dim=4]': { metrics: { kl: 0.5, overlap: 0.75 } },
    'evaluate[dim=8]': { metrics: { kl: 0.25 } },
  });
  const elsewhere = (moved: number) =>
    version('elsewhere', {
      'evaluate[dim=4]': {
        metrics: { kl: 0.5625, overlap: 0.75 },
        tolerances: { kl: 0.125, overlap: 0 },
      },
      'evaluate[dim=8]': { metrics: { kl: moved }, tolerances: { kl: 0.125 } },
    });
  const real = compareVersions(accepted, elsewhere(0.5), none);
  expect(real.metrics.map(({ instance, isTolerated }) => [instance, isTolerated])).toEqual([
    ['evaluate[dim=8]', false],
    ['evaluate[dim=4]', true],
  ]);
  const said = formatMarkdown(real).split('\n');
  expect(said.indexOf('| `evaluate[dim=8]` | kl | 0.25 | 0.5 | +0.25 |')).toBeLessThan(
    said.indexOf('<details><summary>1 of these moved</summary>'),
  );
  expect(said).toContain('The other 2 headline metrics stayed within their tolerance.');
  const rounding = formatMarkdown(compareVersions(accepted, elsewhere(0.3125), none));
  expect(rounding).toContain('3 headline metrics, all within their tolerance.');
  // The other way round it is the first version that knows the tolerances.
  expect(compareVersions(elsewhere(0.3125), accepted, none).metrics).toMatchObject([
    { isTolerated: true },
    { isTolerated: true },
  ]);
});
