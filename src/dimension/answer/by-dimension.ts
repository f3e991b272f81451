import type { AtDimension, FitRow } from '../tables.ts';

/** A row for each dimension, ascending. */
export function byDimension(rows: readonly FitRow[]): readonly AtDimension[] {
  const dims = [...new Set(rows.map(({ d }) => d))].sort((a, b) => a - b);
  return dims.map((d) => atDimension(rows.filter((row) => row.d === d)));
}

/** Held-out recall of the best restart by dimension. */
export function bestRecalls(rows: readonly FitRow[]): ReadonlyMap<number, number> {
  return new Map(byDimension(rows).map(({ d, recall }) => [d, recall]));
}

function atDimension(rows: readonly FitRow[]): AtDimension {
  const fitted = rows.filter(({ part }) => part === 'fitted');
  const heldOut = rows.filter(({ part }) => part === 'held out');
  const measured = heldOut.length > 0 ? heldOut : fitted;
  const best = measured.reduce((a, b) => (b.recall > a.recall ? b : a));
  const restarts = [...new Set(measured.map(({ restart }) => restart))];
  const bestOf = (restart: number) =>
    Math.max(...measured.filter((row) => row.restart === restart).map(({ recall }) => recall));
  const spread = 1.96 * best.recallError;
  return {
    d: best.d,
    recall: best.recall,
    recallLow: Math.max(0, best.recall - spread),
    recallHigh: Math.min(1, best.recall + spread),
    recallWorst: Math.min(...restarts.map(bestOf)),
    recallFitted: Math.max(...fitted.map(({ recall }) => recall)),
    ndcg: Math.max(...measured.map(({ ndcg }) => ndcg)),
    kl: Math.min(...measured.map(({ kl }) => kl)),
    klFitted: Math.min(...fitted.map(({ kl }) => kl)),
    exact: best.aim === 'simplex',
  };
}

/** The least dimension that reaches a recall, with the interval of the queries' sampling. */
export interface Least {
  readonly recall: number;
  /** Undefined if none of those tried does. */
  readonly d: number | undefined;
  /** The least whose upper, and whose lower end of the interval reaches it. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** The greatest dimension tried below it. */
  readonly above: number;
}

export function leastOf(rows: readonly AtDimension[], recall: number): Least {
  const first = (reaches: (row: AtDimension) => boolean) => rows.find(reaches)?.d;
  const d = first((row) => row.recall >= recall);
  const below = rows.filter((row) => d === undefined || row.d < d);
  return {
    recall,
    d,
    low: first((row) => row.recallHigh >= recall),
    high: first((row) => row.recallLow >= recall),
    above: below.at(-1)?.d ?? 0,
  };
}

/** Of the dimensions that theory gives one is enough. */
export function untilExact(rows: readonly AtDimension[]): readonly AtDimension[] {
  const exact = rows.findIndex((row) => row.exact);
  return exact === -1 ? rows : rows.slice(0, exact + 1);
}
