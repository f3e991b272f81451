import type { Fit } from '../fit/fit.ts';
import type { BudgetRow } from '../tables.ts';

/** The best of some fits as one row of the table of budgets; each measure by itself. */
export function budgetRow(
  budget: Pick<BudgetRow, 'd' | 'bits' | 'pieces' | 'rounding'>,
  fits: readonly Fit[],
): BudgetRow {
  const held = fits.map(({ heldOut, fitted }) => heldOut ?? fitted);
  const best = held.reduce((a, b) => (b.recall > a.recall ? b : a));
  return {
    ...budget,
    recallFitted: Math.max(...fits.map(({ fitted }) => fitted.recall)),
    recall: best.recall,
    recallError: best.recallError,
    ndcg: Math.max(...held.map(({ ndcg }) => ndcg)),
    kl: Math.min(...held.map(({ kl }) => kl)),
  };
}
