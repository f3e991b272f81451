import { expect, test } from 'vitest';
import { leastDimension } from '../../../src/dimension/fit/least.ts';
import { fc } from '../../properties.ts';

test('finds the least dimension of any rising recall in logarithmically many fits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 200 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 5 }),
      async (least, more, tried) => {
        const recallAt = (d: number) => (d >= least ? 1 : d / 1000);
        const known = new Map(tried.map((d) => [d, recallAt(d)]));
        const before = known.size;
        const found = await leastDimension(known, 0.99, least + more, async (d) => recallAt(d));
        expect(found).toBe(least);
        expect(known.size - before).toBeLessThanOrEqual(9);
      },
    ),
  );
});
