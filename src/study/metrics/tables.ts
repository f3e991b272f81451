import { numbers } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { SeenQueries } from '../games/seen.ts';
import { meanOf, meanWhere } from './aggregates.ts';
import type { QueryMetrics } from './per-query.ts';

/** Range of true keys of the queries in the means `...Mid`, as in the published figure. */
const MID_TRUE_KEYS = [10, 20] as const;

/** Writes the metrics of each query, one row per query. */
export function writeQueryMetrics(path: string, metrics: QueryMetrics): void {
  writeTable(path, {
    columns: {
      trueKeys: numbers('uint16', metrics.trueKeys),
      kl: numbers('float32', Float32Array.from(metrics.kl)),
      overlap: numbers('float32', Float32Array.from(metrics.overlap)),
      entropy: numbers('float32', Float32Array.from(metrics.entropy)),
      falseMass: numbers('float32', Float32Array.from(metrics.falseMass)),
    },
  });
}

/** What is known of a trained model beside its scores' accuracy. */
interface ModelFigures {
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Floating-point operations of one query's scores against all keys. */
  readonly flops: number;
  readonly steps: number;
  /** Numerical rank of the matrix of scores less their row means, test queries x keys. */
  readonly rank: number;
  /** exp of the entropy of its singular values. */
  readonly effectiveRank: number;
}

/**
 * Writes the means over all queries, a table of one row. `seenQueries` and `seenAnswers` are the shares of
 * test queries that occur in training, themselves or with their true keys; `...Unseen` are means over the
 * others of the latter, null where there are none.
 */
export function writeMeanMetrics(
  path: string,
  { trueKeys, kl, overlap, entropy, falseMass }: QueryMetrics,
  seen: SeenQueries,
  model: ModelFigures,
): void {
  const one = (value: number | null) => numbers('float64', [value]);
  const means = { kl: meanOf(kl), overlap: meanOf(overlap), entropy: meanOf(entropy) };
  const trueEntropy = Float64Array.from(trueKeys, Math.log);
  const mid = (values: ArrayLike<number>) => one(meanWhere(values, trueKeys, ...MID_TRUE_KEYS));
  writeTable(path, {
    columns: {
      queries: numbers('uint32', [trueKeys.length]),
      trueKeys: one(meanOf(trueKeys).mean),
      kl: one(means.kl.mean),
      klStderr: one(means.kl.standardError),
      overlap: one(means.overlap.mean),
      overlapStderr: one(means.overlap.standardError),
      entropy: one(means.entropy.mean),
      entropyStderr: one(means.entropy.standardError),
      entropyMid: mid(entropy),
      trueEntropy: one(meanOf(trueEntropy).mean),
      trueEntropyMid: mid(trueEntropy),
      falseMass: one(meanOf(falseMass).mean),
      falseMassMid: mid(falseMass),
      seenQueries: one(shareOf(seen.query)),
      seenAnswers: one(shareOf(seen.answer)),
      klUnseen: one(meanOfUnseen(kl, seen.answer)),
      overlapUnseen: one(meanOfUnseen(overlap, seen.answer)),
      rank: numbers('uint32', [model.rank]),
      effectiveRank: one(model.effectiveRank),
      parameters: numbers('uint32', [model.parameters]),
      flops: one(model.flops),
      steps: numbers('uint32', [model.steps]),
    },
  });
}

function shareOf(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length / flags.length;
}

function meanOfUnseen(values: Float64Array, seen: readonly boolean[]): number | null {
  const unseen = values.filter((_, i) => !seen[i]);
  return unseen.length === 0 ? null : meanOf(unseen).mean;
}

/** Means over all test queries, from the table that `writeMeanMetrics` writes. */
export function readMeanMetrics(path: string): { readonly kl: number; readonly overlap: number } {
  const table = readTable(path, 'evaluate');
  const one = (name: string) => table.numbers(name, 'float64')[0];
  return { kl: one('kl'), overlap: one('overlap') };
}
