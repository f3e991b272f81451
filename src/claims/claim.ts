import { holm } from './holm.ts';

/** The outcome of checking a statement. */
export const VERDICTS = ['holds', 'fails', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict and the numbers behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The numbers, or why they do not decide; one line. */
  readonly evidence: string;
  /** Where a test of a difference between seeds decided: the chance of it without any. */
  readonly p?: number;
}

/** The chance that all claims of a table together may take for a difference that is none. */
export const LEVEL = 0.05;

/** A published statement that a program can check. `Evidence` is what it is checked against. */
export interface Claim<Evidence> {
  /** Its name in tables, e.g. `wide-solves-all-games`. */
  readonly name: string;
  /** The statement, one sentence. */
  readonly statement: string;
  /** The test behind the verdict, one sentence, with its tolerance. */
  readonly rule: string;
  judge(evidence: Evidence): Judgement;
}

/** A claim with its verdict under one profile. */
export interface JudgedClaim extends Judgement {
  readonly claim: string;
  readonly statement: string;
  readonly rule: string;
  readonly profile: string;
}

/**
 * Judges claims in their order. Those that a test decided are corrected for their number (Holm): what is no longer
 * certain is undecided. @throws Error if two have the same name
 */
export function judgeClaims<Evidence>(
  claims: readonly Claim<Evidence>[],
  evidence: Evidence,
  profile: string,
): readonly JudgedClaim[] {
  const names = new Set<string>();
  const judged = claims.map(({ name, statement, rule, judge }) => {
    if (names.has(name)) throw new Error(`two claims are called '${name}'`);
    names.add(name);
    return { claim: name, statement, rule, profile, ...judge(evidence) };
  });
  const tested = judged.flatMap(({ verdict, p }) =>
    p === undefined || verdict === 'undecided' ? [] : p,
  );
  const adjusted = holm(tested);
  let next = 0;
  return judged.map((one) => {
    if (one.p === undefined || one.verdict === 'undecided') return one;
    const p = adjusted[next++];
    const numbers = `${one.evidence}; p = ${p.toPrecision(2)} of ${tested.length} tests`;
    if (p < LEVEL) return { ...one, p, evidence: numbers };
    return { ...one, p, ...undecided(`${numbers}, which is not certain enough`) };
  });
}

/** @param evidence why the numbers do not decide */
export function undecided(evidence: string): Judgement {
  return { verdict: 'undecided', evidence };
}

/** Holds if the condition is met, else fails. */
export function holdsIf(condition: boolean, evidence: string): Judgement {
  return { verdict: condition ? 'holds' : 'fails', evidence };
}

/**
 * All of several statements together: fails if one fails, else is undecided if one is or if there
 * are none. The evidence is that of the parts that decide, all of them if it holds; so is the least certain p.
 */
export function allOf(parts: readonly Judgement[]): Judgement {
  const verdict = worst(parts);
  const deciding = parts.filter((part) => part.verdict === verdict);
  if (deciding.length === 0) return undecided('nothing to judge');
  const tests = deciding.flatMap(({ p }) => p ?? []);
  return {
    verdict,
    evidence: deciding.map(({ evidence }) => evidence).join('; '),
    ...(tests.length === 0 ? {} : { p: Math.max(...tests) }),
  };
}

function worst(parts: readonly Judgement[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'fails')) return 'fails';
  if (parts.some(({ verdict }) => verdict === 'undecided')) return 'undecided';
  return 'holds';
}
