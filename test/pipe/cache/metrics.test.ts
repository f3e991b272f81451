import { expect, test } from 'vitest';
import { isSameMetric, readHeadline } from '../../../src/pipe/cache/metrics.ts';

test('a plain number is compared exactly, others within their tolerance', () => {
  const { exact, near } = readHeadline({ exact: 3, near: { value: 0.5, within: 0.25 } });
  expect(isSameMetric(3, exact)).toBe(true);
  expect(isSameMetric(3 + 1e-15, exact)).toBe(false);
  expect(isSameMetric(0.25, near)).toBe(true);
  expect(isSameMetric(0.75, near)).toBe(true);
  expect(isSameMetric(0.76, near)).toBe(false);
});

test('what is no finite number is refused by name', () => {
  const refused =
    "the headline metric 'kl' is NaN, not a finite number; leave out what is not known";
  expect(() => readHeadline({ kl: Number.NaN })).toThrow(refused);
  expect(() => readHeadline({ kl: { value: 1, within: -1 } })).toThrow("'kl' is given within -1");
});
