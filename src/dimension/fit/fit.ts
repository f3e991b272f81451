import type { TrainingBackend } from '../../study/training/backend.ts';
import { type Judgements, queryCount } from '../judgements/judgements.ts';
import { type Descent, descend, type Shape, type Vectors } from './descent.ts';
import { quantise } from './quantise.ts';
import type { Ranking } from './ranking.ts';
import { rankingOf } from './scores.ts';
import type { Aim } from './slopes.ts';
import { type Restart, startingQueries, startingVectors } from './start.ts';

/** Queries that items are fitted on, and others for which the items must do as they are. */
export interface Parts {
  readonly fitted: Judgements;
  /** May be without queries. */
  readonly heldOut: Judgements;
}

export interface Search {
  /** Most steps for KL; half as many follow for a margin, and for held-out queries. */
  readonly steps: number;
  readonly learningRate: number;
  /** What it runs on: `onnxruntime` if left out. */
  readonly backend?: TrainingBackend;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number, total: number) => void;
}

/** What one restart reached by one aim. */
export interface Fit {
  readonly restart: number;
  readonly aim: Aim;
  readonly fitted: Ranking;
  /** With the items fixed, the best queries for the held-out part; undefined if it is empty. */
  readonly heldOut: Ranking | undefined;
}

export interface Fits {
  readonly fits: readonly Fit[];
  /** Vectors of all restarts on the fitted part, as they score. */
  readonly vectors: Readonly<Record<Aim, Vectors>>;
}

/** Steps of every search but the first, of those of the first. */
const LATER_STEPS = 0.5;

/** `fitFrom` random vectors, one restart each. */
export function fitVectors(
  parts: Parts,
  restarts: readonly Restart[],
  search: Search,
  shape: Shape = {},
): Promise<Fits> {
  return fitFrom(parts, startingVectors(parts.fitted, restarts), search, shape);
}

/**
 * Fits item and query vectors on one part of the queries, for KL and from there for a margin, which
 * ranks better where it can be had; then queries alone on the held-out part. All restarts at once.
 */
export async function fitFrom(
  parts: Parts,
  start: Vectors,
  search: Search,
  shape: Shape = {},
): Promise<Fits> {
  const later = Math.ceil(search.steps * LATER_STEPS);
  const run = descents(search, search.steps + 3 * later);
  const forKl = await run(parts.fitted, start, { aim: 'kl', steps: search.steps, ...shape });
  const kl = asScored(forKl, shape);
  const klFits = await judge(parts, kl, 'kl', later, run, shape);
  const forMargin = await run(parts.fitted, forKl, { aim: 'margin', steps: later, ...shape });
  const margin = asScored(forMargin, shape);
  const marginFits = await judge(parts, margin, 'margin', later, run, shape);
  return { fits: [...klFits, ...marginFits], vectors: { kl, margin } };
}

/** Steps that `fitQueries` counts. */
export const queriesSteps = ({ steps }: Search): number => 4 * Math.ceil(steps * LATER_STEPS);

/** For items that stay as they are the best queries, by both aims, on both parts. */
export async function fitQueries(
  parts: Parts,
  items: Readonly<Record<Aim, Pick<Vectors, 'items' | 'width'>>>,
  search: Search,
): Promise<readonly Fit[]> {
  const later = Math.ceil(search.steps * LATER_STEPS);
  const run = descents(search, queriesSteps(search));
  const fits: Fit[] = [];
  for (const aim of ['kl', 'margin'] as const) {
    const start = startOf(parts.fitted, items[aim]);
    const fitted = await run(parts.fitted, start, { aim, moved: 'queries', steps: later });
    fits.push(...(await judge(parts, fitted, aim, later, run, {})));
  }
  return fits;
}

type Run = (
  judgements: Judgements,
  start: Vectors,
  how: Pick<Descent, 'aim' | 'steps'> & Partial<Descent>,
) => Promise<Vectors>;

/** Descents one after the other, which count their steps together. */
function descents({ learningRate, backend, signal, onStep }: Search, total: number): Run {
  let done = 0;
  return async (judgements, start, how) => {
    const moved = await descend(judgements, start, {
      moved: 'both',
      learningRate,
      ...(backend === undefined ? {} : { backend }),
      ...(signal === undefined ? {} : { signal }),
      onStep: (step) => onStep?.(done + step, total),
      ...how,
    });
    done += how.steps;
    return moved;
  };
}

async function judge(
  parts: Parts,
  vectors: Vectors,
  aim: Aim,
  steps: number,
  run: Run,
  { pieces }: Shape,
): Promise<readonly Fit[]> {
  const restarts = vectors.items.length / (parts.fitted.items * vectors.width);
  const held =
    queryCount(parts.heldOut) === 0
      ? undefined
      : await run(parts.heldOut, startOf(parts.heldOut, vectors), {
          aim,
          moved: 'queries',
          steps,
          ...(pieces === undefined ? {} : { pieces }),
        });
  return Array.from({ length: restarts }, (_, restart) => ({
    restart,
    aim,
    fitted: rankingOf(vectors, restart, parts.fitted, pieces),
    heldOut: held && rankingOf(held, restart, parts.heldOut, pieces),
  }));
}

function startOf(judgements: Judgements, { items, width }: Pick<Vectors, 'items' | 'width'>) {
  return { width, items, queries: startingQueries(judgements, items, width) };
}

/** Items as they are stored: rounded, if they are to be. */
function asScored(vectors: Vectors, { levels }: Shape): Vectors {
  if (levels === undefined) return vectors;
  const size = vectors.items.length / levels.length;
  const items = vectors.items.map((x, at) => quantise(x, levels[Math.floor(at / size)]));
  return { ...vectors, items };
}
