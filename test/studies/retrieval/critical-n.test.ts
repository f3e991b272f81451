import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalN } from '../../../src/studies/retrieval/critical-n.ts';

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
        expect(found).toBe(edge);
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThan(3 + 4 * Math.log2(2 + Math.abs(edge - start)));
      },
    ),
  );
});
