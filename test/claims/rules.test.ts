import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/claims/claim.ts';
import {
  digits,
  judgeBound,
  judgeGreater,
  judgeHigher,
  judgeNear,
  judgeRising,
} from '../../src/claims/rules.ts';
import { spreadWithin } from '../../src/claims/spread.ts';
import { fc } from '../properties.ts';

const group = (name: string, ...values: number[]) => ({ name, values });

const spreadOfAll = (groups: readonly { readonly values: readonly number[] }[]) =>
  spreadWithin(groups.map(({ values }) => values));

describe('a bound', () => {
  test('holds if every seed keeps it, fails if none does, is undecided if they disagree', () => {
    expect(judgeBound(group('a', 0.01, 0.015), 'KL', 'below', 0.02).verdict).toBe('holds');
    expect(judgeBound(group('a', 0.03, 0.021), 'KL', 'below', 0.02).verdict).toBe('fails');
    expect(judgeBound(group('a', 0.03, 0.01), 'KL', 'below', 0.02)).toEqual({
      verdict: 'undecided',
      evidence: 'a: KL 0.03, 0.01 (wanted < 0.02): the seeds disagree',
    });
    expect(judgeBound(group('a', 0.995, 1), 'overlap', 'above', 0.99).verdict).toBe('holds');
  });

  test('is undecided from one seed, and from a training that diverged', () => {
    expect(judgeBound(group('a', 0.01), 'KL', 'below', 0.02).verdict).toBe('undecided');
    expect(judgeBound(group('a', 0.01, Number.NaN), 'KL', 'below', 0.02).verdict).toBe('undecided');
  });
});

describe('a factor', () => {
  const judge = (a: number[], b: number[]) => judgeHigher(group('a', ...a), group('b', ...b), 'KL');

  test('holds or fails where it exceeds what the seeds differ by, whatever the level', () => {
    for (const scale of [1, 1e-3]) {
      const [high, low] = [
        [0.2, 0.21, 0.19],
        [0.1, 0.11, 0.1],
      ].map((values) => values.map((value) => value * scale));
      expect(judge(high, low).verdict).toBe('holds');
      expect(judge(low, high).verdict).toBe('fails');
      expect(judge(low, high).p).toBeCloseTo(Number(judge(high, low).p), 9);
    }
    expect(judge([0.2, 0.2, 0.2], [0.1, 0.1, 0.1]).evidence).toBe('KL of a 0.2, of b 0.1: 2 times');
  });

  test('is undecided where seeds differ as much, from one seed, and without any', () => {
    expect(judge([0.2, 0.1, 0.3], [0.1, 0.2, 0.15]).verdict).toBe('undecided');
    expect(judge([0.2], [0.1, 0.1]).verdict).toBe('undecided');
    expect(judge([], [0.1, 0.1]).evidence).toBe('a or b is missing');
  });

  test('is none between values that are rounding', () => {
    expect(judge([1e-8, 1e-9], [1e-12, 0]).verdict).not.toBe('holds');
  });
});

describe('a difference', () => {
  const judge = (a: number[], b: number[], tolerance = 0.01) =>
    judgeGreater(group('a', ...a), group('b', ...b), spreadWithin([a, b]), 'KL', tolerance).verdict;

  test('holds where it exceeds the seeds’ spread and the tolerance', () => {
    expect(judge([0.5, 0.51], [0.1, 0.11])).toBe('holds');
  });

  test('fails where a difference above the tolerance is ruled out', () => {
    expect(judge([0.1, 0.11], [0.5, 0.51])).toBe('fails');
    expect(judge([0.1, 0.1001], [0.1, 0.1001])).toBe('fails');
  });

  test('that decides has the chance of it without any', () => {
    const spread = { deviation: 0.1, degrees: 1 };
    const of = (a: number, b: number) =>
      judgeGreater(group('a', a, a), group('b', b, b), spread, 'KL', 0.01);
    // Student's t with one degree of freedom: 1/2 - atan(t) / pi.
    expect(of(2, 0)).toMatchObject({ verdict: 'holds' });
    expect(of(2, 0).p).toBeCloseTo(0.5 - Math.atan(20) / Math.PI, 6);
    expect(of(0, 2)).toMatchObject({ verdict: 'fails' });
    expect(of(0, 2).p).toBeCloseTo(0.5 - Math.atan(20.1) / Math.PI, 6);
    expect(of(0.1, 0).p).toBeUndefined();
  });

  test('is undecided where the seeds differ as much, or where there is one', () => {
    expect(judge([0.2, 0.6], [0.1, 0.3])).toBe('undecided');
    expect(judge([0.9], [0.1])).toBe('undecided');
  });

  test('never holds both ways', () => {
    const seeds = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 3,
    });
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const both: Verdict[] = [judge(a, b), judge(b, a)];
        expect(both).not.toEqual(['holds', 'holds']);
        if (both[0] === 'holds') expect(both[1]).toBe('fails');
      }),
    );
  });
});

describe('a rise', () => {
  const judge = (...means: number[]) => {
    const groups = means.map((mean, i) => group(`d${i}`, mean - 0.002, mean + 0.002));
    return judgeRising(groups, spreadOfAll(groups), 'KL', 0.01);
  };

  test('holds from end to end with steps that rise or stay', () => {
    expect(judge(0.1, 0.2, 0.199, 0.5).verdict).toBe('holds');
  });

  test('fails at a step that clearly falls, and says which', () => {
    const { verdict, evidence } = judge(0.1, 0.4, 0.2, 0.5);
    expect(verdict).toBe('fails');
    expect(evidence).toContain('falls from d1 to d2 by 0.2');
  });

  test('fails where the ends are the same', () => {
    expect(judge(0.1, 0.1, 0.1, 0.1).verdict).toBe('fails');
  });

  test('is undecided at a dip that the seeds’ spread could explain', () => {
    const groups = [
      group('a', 0.1, 0.12),
      group('b', 0.4, 0.48),
      group('c', 0.38, 0.45),
      group('d', 1.5, 1.6),
    ];
    expect(judgeRising(groups, spreadOfAll(groups), 'KL', 0.01).verdict).toBe('undecided');
  });

  test('of fewer than two models is undecided', () => {
    expect(judge(0.1).verdict).toBe('undecided');
  });
});

test('an exact number holds or fails', () => {
  expect(judgeNear('log2', 4.754, 4.57, 0.005)).toEqual({
    verdict: 'fails',
    evidence: 'log2 4.75 (published 4.57)',
  });
  expect(judgeNear('log2', 20.8, 21, 0.5).verdict).toBe('holds');
});

test('numbers are printed with three digits', () => {
  expect([0.12345, 0.1, 1234, 0.00001234, 0, Number.NaN].map(digits)).toEqual([
    '0.123',
    '0.1',
    '1230',
    '1.2e-5',
    '0',
    'NaN',
  ]);
});
