import { expect, test } from 'vitest';
import { prepare } from '../../../src/studies/translation/prepare.ts';

const sentence = (isHeldOut: boolean, french: string, english: string) => ({
  isHeldOut,
  french: french.split(' '),
  english: english.split(' '),
});
const SENTENCES = [
  sentence(true, 'lo lo', 'xy xy'),
  sentence(false, 'lo lo', 'low'),
  sentence(false, 'lo', 'low'),
  sentence(false, 'zz zz zz zz', 'zz'),
];

test('merges are learned from the training sentences that are asked for, and from no others', () => {
  const { pairs, merges, units } = prepare(SENTENCES, { train: 2, heldOut: 1, merges: 9 });
  expect(merges).toEqual([
    { left: 'l', right: 'o</w>' },
    { left: 'o', right: 'w</w>' },
    { left: 'l', right: 'ow</w>' },
  ]);
  expect(pairs).toEqual([
    { split: 'train', french: 'lo lo', english: 'low' },
    { split: 'train', french: 'lo', english: 'low' },
    { split: 'val', french: 'lo lo', english: 'x@@ y x@@ y' },
  ]);
  const names = units.map(({ unit }) => unit);
  expect(names).toEqual(['l', 'l@@', 'o', 'o@@', 'w', 'w@@', 'lo', 'ow', 'low']);
});
