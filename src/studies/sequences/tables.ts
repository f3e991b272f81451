import type { GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { type RowTypes, readRows } from '../../tables/records.ts';
import type { LearningPoint } from './learn.ts';
import { TASKS, type Task } from './tasks.ts';

export const POINT_TABLE: RowTypes<LearningPoint> = {
  step: 'int32',
  loss: 'float64',
  exactMatch: 'float64',
};

/** Ways to start a training: `base`, and what differs from it. */
export const VARIANTS = ['base', 'variance-1', 'same-query-key', 'no-warm-up'] as const;
export type Variant = (typeof VARIANTS)[number];

/** A training and its learning curve. */
export interface SequenceRun {
  readonly task: Task;
  readonly variant: Variant;
  readonly seed: number;
  readonly points: readonly LearningPoint[];
}

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

/** The first step at which so large a share is answered right; undefined if there is none. */
export function stepsTo(points: readonly LearningPoint[], share: number): number | undefined {
  return points.find(({ exactMatch }) => exactMatch >= share)?.step;
}

/** Share answered right at the end. */
export const finalMatch = ({ points }: SequenceRun): number =>
  points[points.length - 1]?.exactMatch ?? Number.NaN;
