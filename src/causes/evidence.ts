import type { Group } from '../claims/rules.ts';
import type { GatheredArtifact } from '../pipe/pipeline/contract.ts';
import { type RunMetrics, readMetrics } from '../study/metrics/runs.ts';
import { LOSSES, type Loss } from '../study/training/step.ts';
import { groupBy } from '../tables/group-by.ts';
import type { RowTypes } from '../tables/records.ts';

/** A model that was trained with one loss. */
export interface LossRun extends RunMetrics {
  readonly loss: Loss;
}

/** What free vectors of d numbers reached with one loss from one start, on the answers of a game. */
export interface FreeRow {
  readonly deck: number;
  readonly game: string;
  readonly dim: number;
  readonly loss: string;
  readonly restart: number;
  /** Share of the queries that select the whole deck. */
  readonly wholeDeck: number;
  readonly kl: number;
  readonly overlap: number;
}

export const FREE_TABLE: RowTypes<FreeRow> = {
  deck: 'int32',
  game: 'utf8',
  dim: 'int32',
  loss: 'utf8',
  restart: 'int32',
  wholeDeck: 'float64',
  kl: 'float64',
  overlap: 'float64',
};

/** What the loss decides, for trained models and for free vectors. */
export interface LossEvidence {
  readonly runs: readonly LossRun[];
  readonly free: readonly FreeRow[];
}

/** Reads metrics that are gathered over the axis `loss` too. */
export function readLossRuns(artifacts: readonly GatheredArtifact[]): readonly LossRun[] {
  const byLoss = groupBy(artifacts, ({ axes }) => String(axes.loss));
  return LOSSES.flatMap((loss) =>
    readMetrics(byLoss.get(loss) ?? []).map((run) => ({ ...run, loss })),
  );
}

/** K of some rows. */
export function keysOf(rows: readonly { readonly deck: number }[]): number {
  return Math.max(0, ...rows.map(({ deck }) => deck));
}

type Measure = (run: LossRun) => number;

/** The seeds of one model, game and loss; `undefined` is the cross-encoder. */
export function seedsOf(
  runs: readonly LossRun[],
  game: string,
  dim: number | undefined,
  loss: Loss,
  measure: Measure = ({ kl }) => kl,
): Group {
  const some = runs.filter((run) => run.game === game && run.dim === dim && run.loss === loss);
  const model = dim === undefined ? 'cross-encoder' : `d = ${dim}`;
  return { name: `${model} with ${loss}`, values: some.map(measure) };
}

/** KL of all restarts of free vectors. */
export function freeOf(
  free: readonly FreeRow[],
  game: string,
  dim: number,
  loss: Loss,
): readonly number[] {
  return free
    .filter((row) => row.game === game && row.dim === dim && row.loss === loss)
    .map(({ kl }) => kl);
}

/** The least KL of all restarts: the floor; NaN without any. */
export function floorOf(free: readonly FreeRow[], game: string, dim: number, loss: Loss): number {
  const values = freeOf(free, game, dim, loss);
  return values.length === 0 ? Number.NaN : Math.min(...values);
}

/** The dimensions around that of the keys' simplex, K - 1: K - 3 ... K + 1. */
export function aroundSimplex(keys: number): readonly number[] {
  return [-3, -2, -1, 0, 1].map((offset) => keys + offset);
}
