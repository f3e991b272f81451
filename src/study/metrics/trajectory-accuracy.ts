import type { Trajectory } from '../training/trajectory.ts';
import { accuracyOf } from './accuracy.ts';
import { meanOf } from './aggregates.ts';

/** Mean KL (nats) and Top-K overlap over the test queries, at every point. */
export function meanAccuracies({ queries, keys, isTrue, points }: Trajectory): readonly {
  readonly step: number;
  readonly kl: number;
  readonly overlap: number;
}[] {
  return points.map(({ step, scores }) => {
    const { kl, overlap } = accuracyOf(scores, isTrue, queries, keys);
    return { step, kl: meanOf(kl).mean, overlap: meanOf(overlap).mean };
  });
}
