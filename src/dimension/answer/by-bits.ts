import type { BudgetRow } from '../tables.ts';

/** What a number of bits per item is best spent on. */
export interface AtBits {
  /** Bits per item: B d. */
  readonly total: number;
  readonly best: BudgetRow;
}

/** For every number of bits per item that was tried, the best row of at most so many. */
export function byBits(rows: readonly BudgetRow[]): readonly AtBits[] {
  const totals = [...new Set(rows.map(totalBits))].sort((a, b) => a - b);
  return totals.map((total) => ({
    total,
    best: rows
      .filter((row) => totalBits(row) <= total)
      .reduce((a, b) => (b.recall > a.recall ? b : a)),
  }));
}

/** The row of the fewest bits per item that reaches a recall. */
export function cheapestBits(rows: readonly BudgetRow[], recall: number): BudgetRow | undefined {
  return rows
    .filter((row) => row.recall >= recall)
    .sort((a, b) => totalBits(a) - totalBits(b) || b.recall - a.recall)
    .at(0);
}

export const totalBits = ({ d, bits }: BudgetRow): number => d * bits;
