import { expect, test } from 'vitest';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import type { CountEvidence } from '../../src/study/evidence/evidence.ts';
import { SUBSET_CLAIMS } from '../../src/study/evidence/subsets.ts';

const counts: CountEvidence[] = [
  { deck: 27, game: 'set', operators: null, pairs: 1, log2Subsets: Math.log2(27) },
  { deck: 27, game: 'union', operators: 'union', pairs: 5, log2Subsets: 20.8 },
  { deck: 27, game: 'union', operators: 'union', pairs: 8, log2Subsets: 25.7 },
];

test('the scorecard lists every claim with its verdict, rule and evidence', () => {
  const found = judgeClaims(SUBSET_CLAIMS, { runs: [], counts, floors: [] }, 'p');
  const page = scorecard('Claims', found);
  expect(page).toContain('Profile p: 5 claims, 1 holds, 2 fail, 2 undecided.');
  expect(page).toContain('| ✗ fails | `set-subsets-published-exponent` | Queries of `set`');
  expect(page).toContain('- evidence: log2 of the exact count 4.75 (published 4.57)');
  for (const { claim, rule } of found) {
    expect(page).toContain(`\`${claim}\``);
    expect(page).toContain(`- rule: ${rule}`);
  }
});
