import { expect, test } from 'vitest';
import { batchOf, END, PAD, START } from '../../src/studies/token-rows.ts';

test('rows are filled up, and the decoder reads one token behind what it is to say', () => {
  const pairs = [
    { source: [7, 8], target: [9] },
    { source: [5], target: [6, 4] },
  ];
  const { source, previous, next } = batchOf(pairs, { tokens: 10, source: 4, target: 3 });
  expect([...source]).toEqual([7, 8, END, PAD, 5, END, PAD, PAD]);
  expect([...previous]).toEqual([START, 9, PAD, START, 6, 4]);
  expect([...next]).toEqual([9, END, PAD, 6, 4, END]);
});
