import { expect, test } from 'vitest';
import {
  type Judgements,
  judgementsOf,
  membersOf,
  queryCount,
} from '../../../src/dimension/judgements/judgements.ts';
import { queriesByItem, sampleJudgements } from '../../../src/dimension/judgements/sample.ts';
import { splitQueries } from '../../../src/dimension/judgements/split.ts';
import { fc } from '../../properties.ts';

const anyJudgements = fc.integer({ min: 2, max: 12 }).chain((items) =>
  fc
    .array(fc.uniqueArray(fc.integer({ min: 0, max: items - 1 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 15,
    })
    .map((sets) => judgementsOf(items, sets)),
);

const setsOf = (judgements: Judgements) =>
  Array.from({ length: queryCount(judgements) }, (_, query) => [...membersOf(judgements, query)]);

test('a sample keeps all items of its queries, and its limits', () => {
  fc.assert(
    fc.property(anyJudgements, fc.integer({ min: 4, max: 12 }), (judgements, limit) => {
      const size = { queries: limit, items: limit, seed: 1 };
      const sample = sampleJudgements(judgements, size);
      expect(sample.queries.length).toBeLessThanOrEqual(limit);
      expect(sample.items.length).toBe(Math.min(limit, judgements.items));
      const original = sample.queries.map((query) => [...membersOf(judgements, query)]);
      const named = setsOf(sample.judgements).map((set) => set.map((item) => sample.items[item]));
      expect(named).toEqual(original);
    }),
  );
});

test('what fits is taken whole', () => {
  fc.assert(
    fc.property(anyJudgements, (judgements) => {
      const sample = sampleJudgements(judgements, { queries: 15, items: 12, seed: 3 });
      expect(sample.judgements).toEqual(judgements);
      expect(sample.passedOver).toBe(0);
    }),
  );
});

test('a sample hangs together where the judgements do', () => {
  // A long chain: query i asks for items i and i + 1.
  const chain = judgementsOf(
    1000,
    Array.from({ length: 999 }, (_, i) => [i, i + 1]),
  );
  const { queries } = sampleJudgements(chain, { queries: 50, items: 200, seed: 1 });
  expect(queries.length).toBe(50);
  expect(Math.max(...queries) - Math.min(...queries)).toBe(49);
});

test('no query fits into too few items', () => {
  const judgements = judgementsOf(5, [[0, 1, 2]]);
  expect(() => sampleJudgements(judgements, { queries: 5, items: 2, seed: 1 })).toThrow(
    'no query has as few as 2 items',
  );
});

test('transposing twice changes nothing', () => {
  fc.assert(
    fc.property(anyJudgements, (judgements) => {
      expect(queriesByItem(queriesByItem(judgements))).toEqual(judgements);
    }),
  );
});

test('every item of a held-out query is asked for by a fitted one', () => {
  fc.assert(
    fc.property(anyJudgements, (judgements) => {
      const { fitted, heldOut } = splitQueries(judgements, 0.3, 1);
      const asked = new Set(fitted.flatMap((query) => [...membersOf(judgements, query)]));
      for (const query of heldOut) {
        for (const item of membersOf(judgements, query)) expect(asked).toContain(item);
      }
      expect([...fitted, ...heldOut].sort((a, b) => a - b)).toEqual(
        Array.from({ length: queryCount(judgements) }, (_, i) => i),
      );
      expect(heldOut.length).toBeLessThanOrEqual(0.3 * queryCount(judgements));
    }),
  );
});

test('queries whose items nobody else asks for are never held out', () => {
  const apart = judgementsOf(
    10,
    Array.from({ length: 10 }, (_, i) => [i]),
  );
  expect(splitQueries(apart, 0.3, 1).heldOut).toEqual([]);
  const twice = judgementsOf(
    10,
    Array.from({ length: 20 }, (_, i) => [i % 10]),
  );
  expect(splitQueries(twice, 0.3, 1).heldOut.length).toBe(6);
});
