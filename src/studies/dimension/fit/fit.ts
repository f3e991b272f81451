import { type Judgements, queryCount } from '../judgements/judgements.ts';
import { type Descent, descend, type Vectors } from './descent.ts';
import type { Ranking } from './ranking.ts';
import { rankingOf } from './scores.ts';
import type { Aim } from './slopes.ts';
import { type Restart, startingQueries, startingVectors } from './start.ts';

/** Queries that items are fitted on, and others for which they must do as they are. */
export interface Parts {
  readonly fitted: Judgements;
  /** May be without queries. */
  readonly heldOut: Judgements;
}

export interface Search {
  /** Most steps for KL; half as many follow for a margin, and on held-out queries. */
  readonly steps: number;
  readonly learningRate: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number, total: number) => void;
}

/** What one restart reached by one aim. */
export interface Fit extends Restart {
  readonly aim: Aim;
  readonly fitted: Ranking;
  /** With the items fixed, the best queries for the held-out part; undefined if it is empty. */
  readonly heldOut: Ranking | undefined;
}

export interface Fits {
  readonly fits: readonly Fit[];
  /** Vectors of all restarts, by the last aim. */
  readonly vectors: Vectors;
}

/** Steps of every search but the first, of those of the first. */
const LATER_STEPS = 0.5;

/**
 * Fits item and query vectors on one part of the queries, for KL and from there for a margin, which
 * ranks better where it can be had; then queries alone on the held-out part. All restarts at once.
 */
export async function fitVectors(
  parts: Parts,
  restarts: readonly Restart[],
  search: Search,
): Promise<Fits> {
  const { steps, learningRate, signal, onStep } = search;
  const later = Math.ceil(steps * LATER_STEPS);
  const total = steps + later + 2 * later;
  let done = 0;
  const run = async (judgements: Judgements, start: Vectors, how: Partial<Descent>) => {
    const most = how.steps ?? later;
    const moved = await descend(judgements, start, {
      aim: 'kl',
      moved: 'both',
      steps: most,
      learningRate,
      ...(signal === undefined ? {} : { signal }),
      onStep: (step) => onStep?.(done + step, total),
      ...how,
    });
    done += most;
    return moved;
  };
  const fits: Fit[] = [];
  const judge = async (aim: Aim, vectors: Vectors) => {
    const held = await fitQueries(parts.heldOut, vectors, (judgements, start) =>
      run(judgements, start, { aim, moved: 'queries' }),
    );
    restarts.forEach((restart, r) => {
      const heldOut = held && rankingOf(held, r, parts.heldOut);
      fits.push({ ...restart, aim, fitted: rankingOf(vectors, r, parts.fitted), heldOut });
    });
  };
  const forKl = await run(parts.fitted, startingVectors(parts.fitted, restarts), { steps });
  await judge('kl', forKl);
  const forMargin = await run(parts.fitted, forKl, { aim: 'margin' });
  await judge('margin', forMargin);
  return { fits, vectors: forMargin };
}

/** The best queries for fixed items, or undefined if there are no queries. */
export async function fitQueries(
  judgements: Judgements,
  { items, width }: Pick<Vectors, 'items' | 'width'>,
  run: (judgements: Judgements, start: Vectors) => Promise<Vectors>,
): Promise<Vectors | undefined> {
  if (queryCount(judgements) === 0) return undefined;
  return run(judgements, { width, items, queries: startingQueries(judgements, items, width) });
}
