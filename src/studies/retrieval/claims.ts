import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { PUBLISHED_CRITICAL_N, publishedFit } from '../../claims/critical-n.ts';
import type { CriticalNRow, RetrievalEvidence } from './tables.ts';

/** The largest critical n of the seeds, by d. */
function bestOf(rows: readonly CriticalNRow[]): ReadonlyMap<number, number> {
  const best = new Map<number, number>();
  for (const { d, criticalN } of rows) best.set(d, Math.max(best.get(d) ?? 0, criticalN));
  return best;
}

type Point = readonly [d: number, n: number];

/** The points follow the fit from this r² on. */
const GOOD_FIT = 0.99;

/** r² of the published fit on points that it was not fitted to. */
function explainedByFit(points: readonly Point[]): number {
  const mean = points.reduce((sum, [, n]) => sum + n, 0) / points.length;
  const total = points.reduce((sum, [, n]) => sum + (n - mean) ** 2, 0);
  const residual = points.reduce((sum, [d, n]) => sum + (n - publishedFit(d)) ** 2, 0);
  return 1 - residual / total;
}

export const RETRIEVAL_CLAIMS: readonly Claim<RetrievalEvidence>[] = [
  {
    name: 'critical-n-as-published',
    statement:
      'Free embeddings learn all pairs of up to 10, 14, 19, 24, ... documents in 4, 5, 6, 7, ... dimensions (arXiv 2508.21038, table 6).',
    rule: 'For every d from 4 on, the best of the seeds is within 1 document plus 5 % of the published value.',
    judge: ({ criticalN }) =>
      allOf(
        [...bestOf(criticalN)].flatMap(([d, n]): readonly Judgement[] => {
          const published = PUBLISHED_CRITICAL_N.get(d);
          if (published === undefined) return [];
          const isNear = Math.abs(n - published) <= 1 + 0.05 * published;
          return [holdsIf(isNear, `d = ${d}: published ${published}, measured ${n}`)];
        }),
      ),
  },
  {
    name: 'critical-n-follows-the-fit',
    statement:
      'The critical n follows -10.5322 + 4.0309 d + 0.0520 d² + 0.0037 d³ (arXiv 2508.21038, r² = 0.999).',
    rule: `r² of the fit on the best of the seeds, over all d from 4 on, is at least ${GOOD_FIT}; at least five d are needed.`,
    judge: ({ criticalN }) => {
      const measuredPoints = [...bestOf(criticalN)].filter(([d]) => PUBLISHED_CRITICAL_N.has(d));
      if (measuredPoints.length < 5)
        return undecided(`only ${measuredPoints.length} dimensions from 4 on`);
      const publishedPoints = measuredPoints.map(
        ([d]): Point => [d, PUBLISHED_CRITICAL_N.get(d) ?? Number.NaN],
      );
      const [measured, published] = [measuredPoints, publishedPoints].map(explainedByFit);
      return holdsIf(
        measured >= GOOD_FIT,
        `r² in these ${measuredPoints.length} dimensions: ${measured.toFixed(4)} on the measured points, ${published.toFixed(4)} on the published ones (0.999 is published for d up to 45)`,
      );
    },
  },
  {
    name: 'cyclic-polytope-realises-all',
    statement:
      'Vectors of 2k dimensions on the cyclic polytope rank every subset of at most k of m documents on top, for any m (arXiv 2601.20844).',
    rule: 'Every subset is on top for all m and k tried, in integer arithmetic.',
    judge: ({ cyclic }) =>
      allOf(
        cyclic
          .filter(({ arithmetic }) => arithmetic === 'exact')
          .map(({ m, k, dimension, subsets, realised }) =>
            holdsIf(
              realised === subsets,
              `m = ${m}, k = ${k}: ${realised} of ${subsets} subsets in ${dimension} dimensions`,
            ),
          ),
      ),
  },
  {
    name: 'training-needs-more-than-geometry',
    statement:
      'Trained free embeddings fall far short of what their dimension allows: 4 dimensions are enough for LIMIT-small (arXiv 2601.20844), but training in 4 does not solve it.',
    rule: 'In 4 dimensions the cyclic polytope realises all pairs of as many documents, and the best trained recall@2 is below 0.5.',
    judge: ({ limitSmall, cyclic }) => {
      const trained = limitSmall.filter(({ d }) => d === 4);
      const exact = cyclic.find(
        ({ arithmetic, m, k }) => arithmetic === 'exact' && k === 2 && m === trained[0]?.n,
      );
      if (exact === undefined)
        return undecided('no training in 4 dimensions to compare with a cyclic polytope');
      const recall = Math.max(...trained.map(({ accuracy }) => accuracy));
      return holdsIf(
        exact.realised === exact.subsets && recall < 0.5,
        `${exact.m} documents: cyclic polytope ${exact.realised} of ${exact.subsets} subsets, trained recall@2 ${recall.toFixed(3)}`,
      );
    },
  },
];
