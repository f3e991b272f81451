import { expect, test } from 'vitest';
import { jointOf, ratio } from '../../../src/studies/infonce/joints.ts';
import { bestNext, wordRows } from '../../../src/studies/infonce/words.ts';
import { learned } from './joint.ts';

test('after "new" the ratio prefers "york", the ratio times the marginal "house"', () => {
  const words = jointOf('new york');
  const rows = wordRows(learned(words, ratio(words).map(Math.log)));
  expect(bestNext(rows, 'new', 'learned')).toBe('york');
  expect(bestNext(rows, 'new', 'corrected')).toBe('house');
});
