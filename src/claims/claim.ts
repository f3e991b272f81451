/** The outcome of checking a statement. */
export const VERDICTS = ['holds', 'fails', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict and the numbers behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The numbers, or why they do not decide; one line. */
  readonly evidence: string;
}

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

/** Judges claims in their order. @throws Error if two have the same name */
export function judgeClaims<Evidence>(
  claims: readonly Claim<Evidence>[],
  evidence: Evidence,
  profile: string,
): readonly JudgedClaim[] {
  const names = new Set<string>();
  return claims.map(({ name, statement, rule, judge }) => {
    if (names.has(name)) throw new Error(`two claims are called '${name}'`);
    names.add(name);
    return { claim: name, statement, rule, profile, ...judge(evidence) };
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
 * are none. The evidence is that of the parts that decide, all of them if it holds.
 */
export function allOf(parts: readonly Judgement[]): Judgement {
  const verdict = worst(parts);
  const deciding = parts.filter((part) => part.verdict === verdict);
  if (deciding.length === 0) return undecided('nothing to judge');
  return { verdict, evidence: deciding.map(({ evidence }) => evidence).join('; ') };
}

function worst(parts: readonly Judgement[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'fails')) return 'fails';
  if (parts.some(({ verdict }) => verdict === 'undecided')) return 'undecided';
  return 'holds';
}
