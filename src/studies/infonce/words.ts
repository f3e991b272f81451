import { marginals } from './joints.ts';
import { expNormalised } from './measures.ts';
import type { LearnedTable, WordRow } from './tables.ts';

/** The word pairs with what was learned about them, in the order of the joint. */
export function wordRows({ joint, m }: LearnedTable): readonly WordRow[] {
  const { px, py } = marginals(joint);
  const f = expNormalised(m);
  const columns = joint.columns.length;
  return Array.from(joint.p, (p, i) => {
    const [x, y] = [Math.floor(i / columns), i % columns];
    const weights = Array.from(py, (share, other) => f[x * columns + other] * share);
    return {
      word: joint.rows[x],
      next: joint.columns[y],
      conditional: p / px[x],
      ratio: p / (px[x] * py[y]),
      learned: f[i],
      corrected: weights[y] / weights.reduce((a, b) => a + b, 0),
    };
  });
}

/** The best next word after a word, by a column of the table. */
export function bestNext(
  rows: readonly WordRow[],
  word: string,
  column: 'learned' | 'corrected',
): string | undefined {
  const following = rows.filter((row) => row.word === word);
  return following.toSorted((a, b) => b[column] - a[column])[0]?.next;
}
