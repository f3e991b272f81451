import { allOf, type Judgement, undecided } from '../../claims/claim.ts';
import { judgeBound } from '../../claims/rules.ts';
import type { GameRuns } from './evidence.ts';

/** Differences of KL, entropy (nats), overlap and mass up to this do not count. */
export const TOLERANCE = 0.01;
/** Bounds of KL and overlap of a solved game. */
export const SOLVED = { kl: 0.02, overlap: 0.99 } as const;

/** A judge of whether a model solves the game; the dimension `undefined` is the non-contrastive model. */
export function solved(runs: GameRuns) {
  return (dim: number | undefined): Judgement => {
    if (!runs.has(dim)) return missing(dim);
    return allOf([
      judgeBound(
        runs.group(dim, (run) => run.kl),
        'KL',
        'below',
        SOLVED.kl,
      ),
      judgeBound(
        runs.group(dim, (run) => run.overlap),
        'overlap',
        'above',
        SOLVED.overlap,
      ),
    ]);
  };
}

/** The judgement about a model that the profile does not have. */
export function missing(dim: number | undefined): Judgement {
  return undecided(dim === undefined ? 'no non-contrastive model' : `no model d = ${dim}`);
}
