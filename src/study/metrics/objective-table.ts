import type { RowTypes } from '../../tables/records.ts';
import type { Trajectory } from '../training/trajectory.ts';
import { meanOf } from './aggregates.ts';
import { predictionDivergence } from './divergence.ts';
import { meanAccuracies } from './trajectory-accuracy.ts';

/** A model with one of the two objectives at one step of its training. */
export interface ObjectivePoint {
  readonly dim: number | undefined;
  readonly objective: string;
  readonly step: number;
  /** Mean KL(true keys || prediction), nats. */
  readonly kl: number;
  /** Mean Top-K overlap. */
  readonly overlap: number;
  /** Mean KL(prediction with `expected` || prediction with `sampled`) at this step, nats. */
  readonly apart: number;
}

export const OBJECTIVE_TABLE: RowTypes<ObjectivePoint> = {
  dim: 'int32',
  objective: 'utf8',
  step: 'int32',
  kl: 'float64',
  overlap: 'float64',
  apart: 'float64',
};

/** Compares trainings that differ in their objective alone; two points, sampled and expected, a step. */
export function compareObjectives(
  sampled: Trajectory,
  expected: Trajectory,
): readonly ObjectivePoint[] {
  const { dim, queries, keys } = expected;
  const bySampled = meanAccuracies(sampled);
  return meanAccuracies(expected).flatMap((point, i) => {
    const scores = [expected.points[i].scores, sampled.points[i].scores] as const;
    const apart = meanOf(predictionDivergence(...scores, queries, keys)).mean;
    return [
      { dim, objective: 'sampled', ...bySampled[i], apart },
      { dim, objective: 'expected', ...point, apart },
    ];
  });
}
