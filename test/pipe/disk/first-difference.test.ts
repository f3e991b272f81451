import { expect, test } from 'vitest';
import { firstDifference } from '../../../src/pipe/disk/first-difference.ts';
import { fc } from '../../properties.ts';
import { MemoryDisk } from '../memory-disk.ts';

const ROOT = '/project';

test('the first difference of two files is found, whatever the chunks they are read in', async () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(chunks, chunks, async (left, right) => {
      const disk = new MemoryDisk(ROOT);
      disk.write(`${ROOT}/a`, left.join(''));
      disk.write(`${ROOT}/b`, right.join(''));
      const [a, b] = [left.join(''), right.join('')];
      let expected: number | undefined = 0;
      while (expected < Math.max(a.length, b.length) && a[expected] === b[expected]) expected += 1;
      if (a === b) expected = undefined;
      disk.chunk = (left.length % 3) + 1;
      expect(await firstDifference(disk, `${ROOT}/a`, `${ROOT}/b`)).toBe(expected);
    }),
  );
});
