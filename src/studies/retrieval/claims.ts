import { allOf, type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { PUBLISHED_CRITICAL_N, publishedFit } from './published.ts';
import type { CriticalN, CyclicRow, FreeEmbeddingRun } from './tables.ts';

export interface RetrievalEvidence {
  readonly critical: readonly CriticalN[];
  readonly small: readonly FreeEmbeddingRun[];
  readonly cyclic: readonly CyclicRow[];
}

/** The largest critical n of the seeds, by d. */
function bestOf(critical: readonly CriticalN[]): ReadonlyMap<number, number> {
  const best = new Map<number, number>();
  for (const { d, criticalN } of critical) best.set(d, Math.max(best.get(d) ?? 0, criticalN));
  return best;
}

type Point = readonly [d: number, n: number];

/** r² from which a fit counts as followed. */
const GOOD_FIT = 0.99;

/** r² of the published fit, which was not made for these points. */
function explainedByFit(points: readonly Point[]): number {
  const mean = points.reduce((sum, [, n]) => sum + n, 0) / points.length;
  const total = points.reduce((sum, [, n]) => sum + (n - mean) ** 2, 0);
  const rest = points.reduce((sum, [d, n]) => sum + (n - publishedFit(d)) ** 2, 0);
  return 1 - rest / total;
}

export const RETRIEVAL_CLAIMS: readonly Claim<RetrievalEvidence>[] = [
  {
    name: 'critical-n-as-published',
    statement:
      'Free embeddings learn all pairs of up to 10, 14, 19, 24, ... documents in 4, 5, 6, 7, ... dimensions (arXiv 2508.21038, table 6).',
    rule: 'For every d from 4 on, the best of the seeds is within 1 + 5 % of the published value.',
    judge: ({ critical }) =>
      allOf(
        [...bestOf(critical)].flatMap(([d, n]): readonly Judgement[] => {
          const published = PUBLISHED_CRITICAL_N.get(d);
          if (published === undefined) return [];
          const holds = Math.abs(n - published) <= 1 + 0.05 * published;
          const evidence = `d = ${d}: published ${published}, measured ${n}`;
          return [{ verdict: holds ? 'holds' : 'fails', evidence }];
        }),
      ),
  },
  {
    name: 'critical-n-follows-the-fit',
    statement:
      'The critical n follows -10.5322 + 4.0309 d + 0.0520 d² + 0.0037 d³ (arXiv 2508.21038, r² = 0.999).',
    rule: `r² of the fit on the best of the seeds, over all d from 4 on, is at least ${GOOD_FIT}; five are needed.`,
    judge: ({ critical }) => {
      const ours = [...bestOf(critical)].filter(([d]) => PUBLISHED_CRITICAL_N.has(d));
      if (ours.length < 5) return undecided(`only ${ours.length} dimensions from 4 on`);
      const theirs = ours.map(([d]): Point => [d, PUBLISHED_CRITICAL_N.get(d) ?? Number.NaN]);
      const [measured, published] = [ours, theirs].map(explainedByFit);
      return {
        verdict: measured >= GOOD_FIT ? 'holds' : 'fails',
        evidence: `r² on our points of these ${ours.length} dimensions ${measured.toFixed(4)}, on the published ones of the same dimensions ${published.toFixed(4)} (0.999 was found with d up to 45)`,
      };
    },
  },
  {
    name: 'cyclic-polytope-realises-all',
    statement:
      'Vectors of 2k dimensions on the cyclic polytope have every subset of at most k of m documents on top, whatever m is (arXiv 2601.20844).',
    rule: 'Every subset of every size tried, in integer arithmetic.',
    judge: ({ cyclic }) =>
      allOf(
        cyclic
          .filter(({ arithmetic }) => arithmetic === 'exact')
          .map(({ m, k, dimension, subsets, realised }) => ({
            verdict: realised === subsets ? 'holds' : 'fails',
            evidence: `m = ${m}, k = ${k}: ${realised} of ${subsets} subsets in ${dimension} dimensions`,
          })),
      ),
  },
  {
    name: 'training-needs-more-than-geometry',
    statement:
      'Optimised free embeddings fall far short of what their dimension allows: on LIMIT-small 4 dimensions suffice (arXiv 2601.20844), and training in 4 does not get there.',
    rule: 'The cyclic polytope realises all pairs of as many documents in 4 dimensions, and the best recall@2 trained in 4 is below 0.5.',
    judge: ({ small, cyclic }) => {
      const trained = small.filter(({ d }) => d === 4);
      const exact = cyclic.find(
        ({ arithmetic, m, k }) => arithmetic === 'exact' && k === 2 && m === trained[0]?.n,
      );
      if (exact === undefined) return undecided('nothing to compare in 4 dimensions');
      const recall = Math.max(...trained.map(({ accuracy }) => accuracy));
      const holds = exact.realised === exact.subsets && recall < 0.5;
      return {
        verdict: holds ? 'holds' : 'fails',
        evidence: `${exact.m} documents: cyclic polytope ${exact.realised} of ${exact.subsets} subsets, trained recall@2 ${recall.toFixed(3)}`,
      };
    },
  },
];
