import type { GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { readRows } from '../../tables/records.ts';
import {
  CHANGES,
  type ChangedRun,
  POINT_TABLE,
  type PointRow,
  type ResultRow,
  type SequenceRun,
  VARIANTS,
} from './tables.ts';
import { TASKS } from './tasks.ts';

/** @throws Error if an artifact's coordinates name no task or variant */
export function readRuns(artifacts: readonly GatheredArtifact[]): readonly SequenceRun[] {
  return artifacts.map(({ path, axes }) => {
    const task = TASKS.find((name) => name === axes.task);
    const variant = VARIANTS.find((name) => name === axes.variant);
    if (task === undefined || variant === undefined) {
      throw new Error(`there is no task '${axes.task}' with variant '${axes.variant}'`);
    }
    return { task, variant, seed: Number(axes.seed), points: readRows(path, POINT_TABLE) };
  });
}

/** @throws Error if an artifact's coordinates name no change */
export function readChanges(artifacts: readonly GatheredArtifact[]): readonly ChangedRun[] {
  return artifacts.map(({ path, axes }) => {
    const change = CHANGES.find((name) => name === axes.change);
    if (change === undefined) throw new Error(`there is no change '${axes.change}'`);
    return { change, seed: Number(axes.seed), points: readRows(path, POINT_TABLE) };
  });
}

export function resultOf(run: SequenceRun): ResultRow {
  const { task, variant, seed, points } = run;
  const steps = points[points.length - 1].step;
  const stepsTo90 = stepsTo(points, 0.9);
  const result = { task, variant, seed, steps, exactMatch: finalMatch(run) };
  return stepsTo90 === undefined ? result : { ...result, stepsTo90 };
}

/** The first evaluated step at which exact match is at least `share`; undefined if there is none. */
export function stepsTo(points: readonly PointRow[], share: number): number | undefined {
  return points.find(({ exactMatch }) => exactMatch >= share)?.step;
}

/** Exact match at the end. */
export function finalMatch({ points }: SequenceRun): number {
  return points[points.length - 1]?.exactMatch ?? Number.NaN;
}
