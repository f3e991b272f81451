import { expect, test } from 'vitest';
import type { ActionRecord } from '../../../src/pipe/cache/action-log.ts';
import type { Cache } from '../../../src/pipe/cache/cache.ts';
import type { StageCodes } from '../../../src/pipe/code/stage-codes.ts';
import { PastActions } from '../../../src/pipe/explain/past-actions.ts';
import type { Instance } from '../../../src/pipe/pipeline/graph.ts';

type Past = Pick<ActionRecord, 'instance' | 'seconds'> & { readonly flops?: number };

/** @param records the oldest first */
function pastOf(records: readonly Past[]): PastActions {
  const doneFor = (id: string) =>
    records.toReversed().flatMap((record) => (record.instance === id ? [{ record }] : []));
  const cache = { actions: { records: () => records, doneFor } };
  return new PastActions(cache as unknown as Cache, {} as StageCodes);
}

function instance(id: string, flops?: number): Instance {
  const cost = flops === undefined ? {} : { cost: { flops } };
  return { id, stage: id.replace(/\[.*/, ''), ...cost } as Instance;
}

test('an instance is expected to take as long as last time, a new one as long as its stage', () => {
  const past = pastOf([
    { instance: 'plot[a=1]', seconds: 100 },
    { instance: 'plot[a=1]', seconds: 3 },
    { instance: 'plot[a=2]', seconds: 5 },
    { instance: 'plot[a=3]', seconds: 9 },
  ]);
  expect(past.seconds(instance('plot[a=1]'))).toBe(3);
  expect(past.seconds(instance('plot[a=4]'))).toBe(5);
  expect(past.seconds(instance('other'))).toBeUndefined();
});

test('operations take as long as at the speed of the instance with the nearest number of them', () => {
  const past = pastOf([
    { instance: 'train[a=1]', seconds: 1, flops: 10 },
    { instance: 'train[a=2]', seconds: 4, flops: 100 },
    { instance: 'train[a=3]', seconds: 1, flops: 1000 },
    { instance: 'train[a=3]', seconds: 5, flops: 1000 },
    // Of a version that did not store operations.
    { instance: 'train[a=4]', seconds: 1e6 },
  ]);
  expect(past.seconds(instance('train[large]', 1e6))).toBeCloseTo(5000);
  expect(past.seconds(instance('train[between]', 200))).toBeCloseTo(8);
  expect(past.seconds(instance('train[small]', 5))).toBeCloseTo(0.5);
});

test('an instance with as many operations as last time takes as long, one with others does not', () => {
  const past = pastOf([
    { instance: 'train[a=1]', seconds: 2, flops: 10 },
    { instance: 'train[a=2]', seconds: 60, flops: 10 },
    { instance: 'train[a=3]', seconds: 40, flops: 10_000 },
  ]);
  expect(past.seconds(instance('train[a=1]', 10))).toBe(2);
  expect(past.seconds(instance('train[a=2]', 10))).toBe(60);
  expect(past.seconds(instance('train[a=1]', 50_000))).toBeCloseTo(200);
});

test('without a measured speed the time of operations is not known', () => {
  const past = pastOf([
    { instance: 'train[a=1]', seconds: 2 },
    { instance: 'train[a=2]', seconds: 3, flops: 0 },
  ]);
  expect(past.seconds(instance('train[a=1]', 50_000))).toBeUndefined();
  expect(past.seconds(instance('train[a=1]'))).toBe(2);
});
