import { type RowTypes, writeRows } from '../../tables/records.ts';
import type { RunMetrics } from './runs.ts';

const SUMMARY_TABLE: RowTypes<
  Pick<
    RunMetrics,
    | 'deck'
    | 'game'
    | 'model'
    | 'dim'
    | 'seed'
    | 'queries'
    | 'kl'
    | 'overlap'
    | 'entropy'
    | 'entropyMid'
    | 'seenQueries'
    | 'seenAnswers'
    | 'klUnseen'
    | 'overlapUnseen'
    | 'rank'
    | 'effectiveRank'
    | 'parameters'
    | 'flops'
  >
> = {
  deck: 'int32',
  game: 'utf8',
  model: 'utf8',
  dim: 'int32',
  seed: 'int32',
  queries: 'int32',
  kl: 'float64',
  overlap: 'float64',
  entropy: 'float64',
  entropyMid: 'float64',
  seenQueries: 'float64',
  seenAnswers: 'float64',
  klUnseen: 'float64',
  overlapUnseen: 'float64',
  rank: 'int32',
  effectiveRank: 'float64',
  parameters: 'int32',
  flops: 'float64',
};

/** Writes the summary of a study: one row per trained model. */
export function writeSummary(path: string, runs: readonly RunMetrics[]): void {
  writeRows(path, SUMMARY_TABLE, runs);
}
