import { type Claim, judgeClaims, type Verdict } from '../../src/claims/claim.ts';

/** Verdict of each claim, by name. */
export function verdicts<E>(
  claims: readonly Claim<E>[],
  evidence: E,
): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(
    judgeClaims(claims, evidence, 'test').map(({ claim, verdict }) => [claim, verdict]),
  );
}
