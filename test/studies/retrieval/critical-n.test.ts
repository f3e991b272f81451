import { expect, test } from 'vitest';
import { criticalN } from '../../../src/studies/retrieval/critical-n.ts';
import { fc } from '../../properties.ts';

test('the search finds the edge of any monotonic answer from any start', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 90 }),
      async (edge, start) => {
        const asked: number[] = [];
        const found = await criticalN(start, async (n) => {
          asked.push(n);
          return n <= edge;
        });
        expect(found).toEqual({ critical: edge, largest: edge });
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThan(3 + 4 * Math.log2(2 + Math.abs(edge - start)) + 9);
        // The sweep has looked at every n around it.
        for (let n = Math.max(2, edge - 4); n <= edge + 5; n++) expect(asked).toContain(n);
      },
    ),
  );
});

test('the sweep finds what is solved above an n that is not, which the search passes over', async () => {
  const solved = new Set([2, 3, 4, 5, 6, 8, 11]);
  expect(await criticalN(6, async (n) => solved.has(n))).toEqual({ critical: 6, largest: 11 });
});
