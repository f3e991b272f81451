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

test('what tests decided is corrected for their number, and undecided where that is not certain enough', () => {
  const claim = (name: string, verdict: Verdict, p?: number) => ({
    name,
    statement: 's',
    rule: 'r',
    judge: () => ({ verdict, evidence: 'e', ...(p === undefined ? {} : { p }) }),
  });
  const claims = [
    claim('certain', 'holds', 0.001),
    claim('exact', 'fails'),
    claim('one of many', 'fails', 0.03),
    claim('not decided', 'undecided', 0.5),
  ];
  const judged = judgeClaims(claims, undefined, 'ci');
  expect(judged.map(({ verdict }) => verdict)).toEqual(['holds', 'fails', 'fails', 'undecided']);
  expect(judged.map(({ p }) => p)).toEqual([0.002, undefined, 0.03, 0.5]);
  const more = judgeClaims([...claims, claim('another', 'holds', 0.03)], undefined, 'ci');
  expect(more.map(({ verdict }) => verdict)).toEqual([
    'holds',
    'fails',
    'undecided',
    'undecided',
    'undecided',
  ]);
  expect(more[2].evidence).toBe('e; p = 0.060 of 3 tests, which is not certain enough');
});

test('statements together are as certain as the least certain of them', () => {
  const part = (p?: number) => ({
    verdict: 'holds' as const,
    evidence: 'e',
    ...(p === undefined ? {} : { p }),
  });
  expect(allOf([part(0.01), part(0.02), part()]).p).toBe(0.02);
  expect(allOf([part(), part()]).p).toBeUndefined();
});
