import { allOf, type Claim, type Judgement } from '../../claims/claim.ts';
import type { LabelingRow, VcRow } from './tables.ts';

export interface SeparabilityEvidence {
  readonly labelings: readonly LabelingRow[];
  readonly vc: readonly VcRow[];
}

/** Standard deviations beyond which a count of random labelings contradicts the formula. */
const DEVIATIONS = 4;

export const SEPARABILITY_CLAIMS: readonly Claim<SeparabilityEvidence>[] = [
  {
    name: 'vc-dimension-of-hyperplanes',
    statement:
      'Hyperplanes of d dimensions shatter d + 1 points with a bias and d without, no more.',
    rule: 'The largest n with all 2^n labelings separable is d + 1 or d, for every d tried.',
    judge: ({ vc }) =>
      allOf(
        vc.map(({ d, bias, vcDimension, sets, unshattered }): Judgement => {
          const expected = bias === 'with' ? d + 1 : d;
          return {
            verdict: vcDimension === expected ? 'holds' : 'fails',
            evidence: `d = ${d} ${bias} bias: expected ${expected}, measured ${vcDimension} (${sets} sets of ${unshattered} not shattered)`,
          };
        }),
      ),
  },
  {
    name: 'cover-counts-exactly',
    statement:
      'Of n points in general position 2 Σ_{i<d} (n-1 choose i) labelings are separable through the origin (Cover 1965).',
    rule: 'Equal counts wherever all labelings were tried.',
    judge: ({ labelings }) => {
      const all = labelings.filter((row) => row.labelings === 'all');
      const wrong = all.filter(({ cover, separable, tried }) => cover * tried !== separable);
      const shown = wrong.slice(0, 3).map(({ d, n, bias, separable, tried, cover }) => {
        return `d = ${d}, n = ${n} ${bias} bias: ${separable} instead of ${cover * tried}`;
      });
      return {
        verdict: all.length > 0 && wrong.length === 0 ? 'holds' : 'fails',
        evidence: [
          `${all.length - wrong.length} of ${all.length} sets of points agree`,
          ...shown,
        ].join('; '),
      };
    },
  },
  {
    name: 'cover-share-of-random-labelings',
    statement:
      'The same share of random labelings is separable, also where 2^n are too many to try.',
    rule: `Every count is within ${DEVIATIONS} standard deviations (binomial) of the formula, and equal where that says all.`,
    judge: ({ labelings }) =>
      allOf(
        labelings
          .filter((row) => row.labelings === 'random')
          .map(({ d, n, bias, tried, separable, cover }): Judgement => {
            const deviation = Math.sqrt(tried * cover * (1 - cover));
            const holds = Math.abs(separable - tried * cover) <= DEVIATIONS * deviation;
            const evidence = `d = ${d}, n = ${n} ${bias} bias: formula ${cover.toFixed(3)}, measured ${(separable / tried).toFixed(3)}`;
            return { verdict: holds ? 'holds' : 'fails', evidence };
          }),
      ),
  },
];
