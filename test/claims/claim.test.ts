import { describe, expect, test } from 'vitest';
import { allOf, judgeClaims, type Verdict } from '../../src/claims/claim.ts';
import { judgeNear } from '../../src/claims/rules.ts';

describe('several statements together', () => {
  const part = (verdict: Verdict) => ({ verdict, evidence: verdict });

  test('fail with one that fails, else are undecided with one that is', () => {
    expect(allOf([part('holds'), part('fails'), part('undecided')])).toEqual(part('fails'));
    expect(allOf([part('holds'), part('undecided')])).toEqual(part('undecided'));
    expect(allOf([part('holds'), part('holds')]).evidence).toBe('holds; holds');
  });

  test('are undecided where there are none', () => {
    expect(allOf([]).verdict).toBe('undecided');
  });
});

test('claims are judged in order, under names of their own', () => {
  const claim = (name: string) => ({
    name,
    statement: 's',
    rule: 'r',
    judge: (n: number) => judgeNear('n', n, 1, 0),
  });
  expect(judgeClaims([claim('a'), claim('b')], 1, 'ci').map((c) => [c.claim, c.verdict])).toEqual([
    ['a', 'holds'],
    ['b', 'holds'],
  ]);
  expect(() => judgeClaims([claim('a'), claim('a')], 1, 'ci')).toThrow("called 'a'");
});
