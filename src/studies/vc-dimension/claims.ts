import { allOf, type Claim, holdsIf } from '../../claims/claim.ts';
import type { VcDimensionEvidence } from './tables.ts';

/** Standard deviations beyond which a count of random labelings contradicts the formula. */
const DEVIATIONS = 4;

export const VC_DIMENSION_CLAIMS: readonly Claim<VcDimensionEvidence>[] = [
  {
    name: 'vc-dimension-of-hyperplanes',
    statement:
      'Hyperplanes in d dimensions shatter at most d + 1 points with a bias and d without.',
    rule: 'The largest n with all 2^n labelings separable is d + 1 or d, respectively, for every d tried.',
    judge: ({ vcDimensions }) =>
      allOf(
        vcDimensions.map(({ d, bias, vcDimension, sets, unshattered }) => {
          const expected = bias === 'with' ? d + 1 : d;
          return holdsIf(
            vcDimension === expected,
            `d = ${d} ${bias} bias: expected ${expected}, measured ${vcDimension} (${sets} sets of ${unshattered} not shattered)`,
          );
        }),
      ),
  },
  {
    name: 'cover-counts-exactly',
    statement:
      'Of n points in general position 2 Σ_{i<d} (n-1 choose i) labelings are separable through the origin (Cover 1965).',
    rule: 'The counts are equal wherever all labelings were tried.',
    judge: ({ labelings }) => {
      const all = labelings.filter((row) => row.labelings === 'all');
      const wrong = all.filter(({ cover, separable, tried }) => cover * tried !== separable);
      const shown = wrong.slice(0, 3).map(({ d, n, bias, separable, tried, cover }) => {
        return `d = ${d}, n = ${n} ${bias} bias: ${separable} instead of ${cover * tried}`;
      });
      const agreeing = `${all.length - wrong.length} of ${all.length} sets of points agree`;
      return holdsIf(all.length > 0 && wrong.length === 0, [agreeing, ...shown].join('; '));
    },
  },
  {
    name: 'cover-share-of-random-labelings',
    statement:
      'The same share of random labelings is separable, even where 2^n labelings are too many to try.',
    rule: `Every count is within ${DEVIATIONS} standard deviations (binomial) of the formula, and exact where the formula gives 1.`,
    judge: ({ labelings }) =>
      allOf(
        labelings
          .filter((row) => row.labelings === 'random')
          .map(({ d, n, bias, tried, separable, cover }) => {
            const deviation = Math.sqrt(tried * cover * (1 - cover));
            return holdsIf(
              Math.abs(separable - tried * cover) <= DEVIATIONS * deviation,
              `d = ${d}, n = ${n} ${bias} bias: formula ${cover.toFixed(3)}, measured ${(separable / tried).toFixed(3)}`,
            );
          }),
      ),
  },
];
