import type { Coordinates, GatheredArtifact } from '../pipeline/contract.ts';
import { numbers, utf8 } from '../tables/column.ts';
import { readTable } from '../tables/read.ts';
import { encodeTable, type TableContent } from '../tables/write.ts';

/** The games in order of difficulty: the order of the horizontal axis. */
export const GAME_ORDER = ['set', 'star', 'union', 'symdiff', 'shatter'] as const;

/** Means over the test queries of one trained model (`evaluate/metrics`) with its coordinates. */
export interface RunMetrics {
  readonly deck: number;
  readonly game: string;
  readonly model: string;
  /** d of a contrastive model; `undefined` for the non-contrastive one. */
  readonly dim: number | undefined;
  readonly seed: number;
  readonly queries: number;
  /** KL(uniform over the true keys || prediction), nats. */
  readonly kl: number;
  /** Share of the K highest-scored keys that are true. */
  readonly overlap: number;
  /** Entropy of the prediction over all keys, nats. */
  readonly entropy: number;
  /** The same over the queries with 10 to 20 true keys; `undefined` where there are none. */
  readonly entropyMid: number | undefined;
  /** Entropy of the truth, ln K on average: what a perfect prediction has. `undefined` if not known. */
  readonly trueEntropy?: number | undefined;
}

const MEASURES = ['queries', 'kl', 'overlap', 'entropy', 'entropyMid'] as const;

/** Reads the gathered one-row tables. Order: deck, game by difficulty, model, falling dimension, seed. */
export function readMetrics(artifacts: readonly GatheredArtifact[]): readonly RunMetrics[] {
  return artifacts.map(({ path, axes }) => readRun(path, axes)).sort(compareRuns);
}

function readRun(path: string, axes: Coordinates): RunMetrics {
  const table = readTable(path);
  const [queries, kl, overlap, entropy, entropyMid] = MEASURES.map((name) => {
    const [value] = table.values(name);
    return typeof value === 'number' ? value : undefined;
  });
  return {
    deck: Number(axes.deck),
    game: String(axes.game),
    model: String(axes.model),
    dim: axes.dim === undefined ? undefined : Number(axes.dim),
    seed: Number(axes.seed),
    queries: queries ?? Number.NaN,
    kl: kl ?? Number.NaN,
    overlap: overlap ?? Number.NaN,
    entropy: entropy ?? Number.NaN,
    entropyMid,
  };
}

function compareRuns(a: RunMetrics, b: RunMetrics): number {
  const rank = ({ game }: RunMetrics) => GAME_ORDER.indexOf(game as (typeof GAME_ORDER)[number]);
  return (
    a.deck - b.deck ||
    rank(a) - rank(b) ||
    (b.dim ?? 0) - (a.dim ?? 0) ||
    a.model.localeCompare(b.model) ||
    a.seed - b.seed
  );
}

/** What a model is called in legends: `d = 27`, `non-contrastive`. */
export function modelName({ dim, model }: Pick<RunMetrics, 'dim' | 'model'>): string {
  if (dim !== undefined) return `d = ${dim}`;
  return model === 'noncontrastive' ? 'non-contrastive' : model;
}

/** The summary as a table, one row per model and seed. */
export function encodeSummary(runs: readonly RunMetrics[]): Uint8Array {
  const number = (pick: (run: RunMetrics) => number | undefined) =>
    numbers(
      'float64',
      runs.map((run) => pick(run) ?? null),
    );
  const content: TableContent = {
    columns: {
      deck: numbers(
        'int32',
        runs.map(({ deck }) => deck),
      ),
      game: utf8(runs.map(({ game }) => game)),
      model: utf8(runs.map(({ model }) => model)),
      dim: numbers(
        'int32',
        runs.map(({ dim }) => dim ?? null),
      ),
      seed: numbers(
        'int32',
        runs.map(({ seed }) => seed),
      ),
      queries: numbers(
        'int32',
        runs.map(({ queries }) => queries),
      ),
      kl: number(({ kl }) => kl),
      overlap: number(({ overlap }) => overlap),
      entropy: number(({ entropy }) => entropy),
      entropyMid: number(({ entropyMid }) => entropyMid),
    },
  };
  return encodeTable(content);
}

/** Mean over the seeds, with its 95 % interval from two seeds on; NaN without any. */
export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % points of Student's t with 1, 2, ... degrees of freedom; later ones are close to the normal's. */
const STUDENT_T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, low: mean, high: mean };
  const degrees = values.length - 1;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / degrees;
  const half = (STUDENT_T[degrees - 1] ?? NORMAL) * Math.sqrt(variance / values.length);
  return { mean, low: mean - half, high: mean + half };
}

/** Groups in order of first appearance. */
export function groupBy<T>(
  items: readonly T[],
  key: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
