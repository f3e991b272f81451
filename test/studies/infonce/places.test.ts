import { expect, test } from 'vitest';
import { jointOf, ratio } from '../../../src/studies/infonce/joints.ts';
import { placeRows } from '../../../src/studies/infonce/places.ts';
import { learned } from './joint.ts';

const joint = jointOf('place names');

test('the ratio tells names that exist from invented ones, whatever their frequency', () => {
  const log = (p: Float64Array) => p.map((value) => Math.log(value));
  const rows = placeRows(learned(joint, log(joint.p)), learned(joint, log(ratio(joint))));
  expect(rows.map(({ name }) => name)).toEqual([
    'new york',
    'new zealand',
    'new england',
    'new diego',
    'new angeles',
  ]);
  // 960 of 1,200 pairs with "new"; "york" occurs 1,000 times among 2,000 pairs.
  expect(rows[0].conditional).toBeCloseTo(0.8, 12);
  expect(rows[0].ratio).toBeCloseTo((960 * 2000) / (1200 * 1000), 12);
  // p(york | of) = 40 / 80.
  expect(rows[0].corrected).toBeCloseTo(0.8 / 0.5, 12);
  for (const { learnedRatio, ratio: exact } of rows) expect(learnedRatio).toBeCloseTo(exact, 12);
  for (const { learnedRatio } of rows.slice(0, 3)) expect(learnedRatio).toBeCloseTo(1.6, 12);
  for (const { learnedRatio } of rows.slice(3)) expect(learnedRatio).toBe(0);
});

test('f is known up to a factor, which drops out', () => {
  const m = ratio(joint).map((value) => Math.log(value));
  const rows = placeRows(
    learned(joint, m),
    learned(
      joint,
      m.map((score) => score - 7),
    ),
  );
  expect(rows[1].learnedRatio).toBeCloseTo(1.6, 12);
});
