import { expect, test } from 'vitest';
import { actionKey, type Fingerprint } from '../../../src/pipe/cache/fingerprint.ts';
import type { Digest } from '../../../src/pipe/core/digest.ts';
import { changesBetween, fewestChanges } from '../../../src/pipe/explain/changes.ts';
import { formatChange, summarise } from '../../../src/pipe/explain/format.ts';
import { fc } from '../../properties.ts';

const MANIFESTS = {
  old: { files: { 'a.ts': '1', 'b.ts': '1', 'c.ts': '1' }, packages: { zod: '4.0.0' } },
  new: { files: { 'a.ts': '1', 'b.ts': '2', 'd.ts': '1' }, packages: { zod: '4.1.0' } },
};
const manifestOf = (digest: string) =>
  Object.hasOwn(MANIFESTS, digest) ? MANIFESTS[digest as keyof typeof MANIFESTS] : undefined;

const digest = (letter: string) => letter.repeat(64) as Digest;
const BASE: Fingerprint = {
  module: 'train',
  code: 'old',
  params: { steps: 600, encoder: { layers: 2 } },
  inputs: [
    { name: 'queries', digest: digest('a') },
    { name: 'models', gathered: [{ axes: { dim: 8 }, digest: digest('b') }] },
  ],
};

const linesOf = (after: Partial<Fingerprint>) =>
  changesBetween(BASE, { ...BASE, ...after }, manifestOf).map(formatChange);

test('changed code is reported file by file and package by package', () => {
  expect(linesOf({ code: 'new' })).toEqual([
    'b.ts edited',
    'c.ts removed',
    'd.ts added',
    'package zod 4.0.0 -> 4.1.0',
  ]);
});

test('changed code without a manifest is one change', () => {
  expect(linesOf({ code: 'forgotten' })).toEqual(['code changed']);
});

test('params are compared value by value', () => {
  expect(linesOf({ params: { steps: 800, encoder: { layers: 2, width: 64 } } })).toEqual([
    'params.encoder.width unset -> 64',
    'params.steps 600 -> 800',
  ]);
});

test('inputs are compared by name and coordinates', () => {
  const inputs = [
    { name: 'queries', digest: digest('c') },
    { name: 'models', gathered: [{ axes: { dim: 4 }, digest: digest('b') }] },
  ];
  expect(linesOf({ inputs })).toEqual([
    'input models[dim=4] added',
    'input models[dim=8] removed',
    'input queries aaaaaaaaaaaa -> cccccccccccc',
  ]);
});

test('the most similar candidate is compared, among equals the last', () => {
  const after = { ...BASE, params: { steps: 3 } };
  const candidates = [BASE, { ...BASE, params: { steps: 1 } }, { ...BASE, params: { steps: 2 } }];
  expect(fewestChanges(candidates, after, manifestOf)?.map(formatChange)).toEqual([
    'params.steps 2 -> 3',
  ]);
  expect(fewestChanges([], after, manifestOf)).toBeUndefined();
});

test('another platform or version of Node is named', () => {
  const before = { ...BASE, runtime: 'linux-x64, node 20' };
  const after = { ...BASE, runtime: 'linux-x64, node 22' };
  const lines = changesBetween(before, after, manifestOf).map(formatChange);
  expect(lines).toEqual(['runs on linux-x64, node 22 instead of linux-x64, node 20']);
});

test('a summary names two changes and counts the rest', () => {
  const changes = changesBetween(BASE, { ...BASE, code: 'new' }, manifestOf);
  expect(summarise(changes)).toBe('b.ts edited, c.ts removed and 2 more');
});

const fingerprints: fc.Arbitrary<Fingerprint> = fc.record({
  module: fc.constantFrom('train', 'plot'),
  code: fc.constantFrom('old', 'new', 'forgotten'),
  params: fc.dictionary(
    fc.constantFrom('a', 'b'),
    fc.oneof(fc.nat(1), fc.array(fc.nat(1), { maxLength: 2 }), fc.record({ c: fc.nat(1) })),
  ),
  inputs: fc.constantFrom(BASE.inputs, [], [{ name: 'queries', digest: digest('c') }]),
  runtime: fc.constantFrom('linux-x64, node 20', 'linux-x64, node 22'),
});

test('there are no changes exactly if both fingerprints have the same action key', () => {
  fc.assert(
    fc.property(fingerprints, fingerprints, (before, after) => {
      const changes = changesBetween(before, after, manifestOf);
      expect(changes.length === 0).toBe(actionKey(before) === actionKey(after));
    }),
    { numRuns: 300 },
  );
});
