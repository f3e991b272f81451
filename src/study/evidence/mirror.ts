import { type Judgement, undecided } from '../../claims/claim.ts';
import { differenceOf } from '../../claims/spread.ts';
import type { GameRuns, Measure } from './evidence.ts';

const kl: Measure = (run) => run.kl;
const overlap: Measure = (run) => run.overlap;

/**
 * Whether KL and overlap order the models of each game alike: of two that clearly differ in both,
 * the one with the higher KL must have the lower overlap. Undecided if no two clearly differ in both.
 */
export function judgeOverlapMirrorsKl(games: readonly GameRuns[], tolerance: number): Judgement {
  const compared = games.flatMap((runs) => comparePairs(runs, tolerance));
  if (compared.length === 0) {
    return undecided('no two models of a game clearly differ in both KL and overlap');
  }
  const against = compared.filter(({ agrees }) => !agrees).map(({ name }) => name);
  const evidence =
    `${compared.length - against.length} of ${compared.length} pairs of models that clearly differ ` +
    'in both KL and overlap agree';
  return against.length === 0
    ? { verdict: 'holds', evidence }
    : { verdict: 'fails', evidence: `${evidence}, not ${against.join(', ')}` };
}

/** The pairs of models that clearly differ in both, and whether KL and overlap say the same. */
function comparePairs(runs: GameRuns, tolerance: number) {
  const models = runs.has(undefined) ? [...runs.dims, undefined] : runs.dims;
  const spreads = { kl: runs.spread(kl, true), overlap: runs.spread(overlap, true) };
  const isClear = ({ low, high }: { readonly low: number; readonly high: number }) =>
    low > tolerance || high < -tolerance;
  return models.flatMap((a, i) =>
    models.slice(i + 1).flatMap((b) => {
      const [first, second] = [runs.group(a, kl), runs.group(b, kl)];
      const byKl = differenceOf(first.values, second.values, spreads.kl);
      const byOverlap = differenceOf(
        runs.group(a, overlap).values,
        runs.group(b, overlap).values,
        spreads.overlap,
      );
      if (!isClear(byKl) || !isClear(byOverlap)) return [];
      const agrees = Math.sign(byKl.mean) === -Math.sign(byOverlap.mean);
      return [{ name: `${first.name} and ${second.name} on ${runs.game}`, agrees }];
    }),
  );
}
