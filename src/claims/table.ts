import { utf8 } from '../tables/column.ts';
import { writeTable } from '../tables/write.ts';
import type { JudgedClaim } from './claim.ts';

/** Writes the table of a set of claims: columns `claim`, `profile`, `verdict`, `evidence`. */
export function writeClaims(path: string, claims: readonly JudgedClaim[]): void {
  writeTable(path, {
    columns: {
      claim: utf8(claims.map(({ claim }) => claim)),
      profile: utf8(claims.map(({ profile }) => profile)),
      verdict: utf8(claims.map(({ verdict }) => verdict)),
      evidence: utf8(claims.map(({ evidence }) => evidence)),
    },
  });
}
