import type { RunMetrics } from '../../src/study/metrics/runs.ts';

/** What charts and most claims do not read of a run. */
export const OTHER_METRICS = {
  trueKeys: 3,
  seenQueries: 0,
  seenAnswers: 0.4,
  klUnseen: undefined,
  overlapUnseen: undefined,
  rank: 9,
  effectiveRank: 8,
  flops: 1e6,
} satisfies Partial<RunMetrics>;
