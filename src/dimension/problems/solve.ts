import { type Fit, fitVectors, type Parts, type Search } from '../fit/fit.ts';
import { leastDimension } from '../fit/least.ts';
import { type Judgements, queriesOf } from '../judgements/judgements.ts';
import { HELD_OUT_SHARE, splitQueries } from '../judgements/split.ts';
import type { CurveRow } from '../tables.ts';

/** Dimensions that all problems are fitted in, as far as they are below N - 1. */
const GRID = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Up to this dimension all are fitted side by side: their vectors are filled up with zeros. */
const TOGETHER = 16;

/** The least dimensions of a problem. */
export interface Solution {
  /** Held-out recall of 0.90, 0.99 of the best restart. */
  readonly d90: number;
  readonly d99: number;
  /** Every query right, when all of them are fitted. */
  readonly dExact: number;
  readonly curve: readonly CurveRow[];
}

/** Fits a problem in as many dimensions as it takes to know the least ones. */
export async function solveProblem(
  name: string,
  judgements: Judgements,
  restarts: number,
  search: Search,
): Promise<Solution> {
  const split = splitQueries(judgements, HELD_OUT_SHARE, 1);
  const parts = {
    fitted: queriesOf(judgements, split.fitted),
    heldOut: queriesOf(judgements, split.heldOut),
  };
  const whole = { fitted: judgements, heldOut: queriesOf(judgements, []) };
  const most = judgements.items - 1;
  const curve: CurveRow[] = [];
  const heldOut = new Map<number, number>();
  const dims = GRID.filter((d) => d < most);
  const groups = [
    dims.filter((d) => d <= TOGETHER),
    ...dims.filter((d) => d > TOGETHER).map((d) => [d]),
  ].filter((group) => group.length > 0);
  const fitGroup = async (group: readonly number[]) => {
    const members = group.flatMap((d) => seedsOf(restarts).map((seed) => ({ d, seed })));
    const { fits } = await fitVectors(parts, members, search);
    for (const d of group) {
      const own = fits.filter(({ restart }) => members[restart].d === d);
      const row = curveRow(name, d, own);
      curve.push(row);
      heldOut.set(d, row.recall);
    }
  };
  for (const group of groups) {
    await fitGroup(group);
    if (group.some((d) => (heldOut.get(d) ?? 0) >= 0.9999)) break;
  }
  const recallAt = async (d: number) => {
    await fitGroup([d]);
    return heldOut.get(d) ?? 0;
  };
  const d90 = await leastDimension(heldOut, 0.9, most, recallAt);
  const d99 = await leastDimension(heldOut, 0.99, most, recallAt);
  const exact = new Map<number, number>();
  const dExact = await leastDimension(exact, 1, most, (d) =>
    bestFitted(whole, d, restarts, search),
  );
  return { d90, d99, dExact, curve: curve.sort((a, b) => a.d - b.d) };
}

const seedsOf = (restarts: number) => Array.from({ length: restarts }, (_, i) => i + 1);

async function bestFitted(parts: Parts, d: number, restarts: number, search: Search) {
  const members = seedsOf(restarts).map((seed) => ({ d, seed }));
  const { fits } = await fitVectors(parts, members, search);
  return Math.max(...fits.map(({ fitted }) => fitted.recall));
}

/** The best of all restarts and aims, each measure by itself. */
function curveRow(problem: string, d: number, fits: readonly Fit[]): CurveRow {
  const held = fits.map(({ heldOut, fitted }) => heldOut ?? fitted);
  const fitted = fits.map((fit) => fit.fitted);
  return {
    problem,
    d,
    recallFitted: Math.max(...fitted.map(({ recall }) => recall)),
    recall: Math.max(...held.map(({ recall }) => recall)),
    ndcg: Math.max(...held.map(({ ndcg }) => ndcg)),
    klFitted: Math.min(...fitted.map(({ kl }) => kl)),
    kl: Math.min(...held.map(({ kl }) => kl)),
  };
}
