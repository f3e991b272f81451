import type { OwnVectorsRow } from '../tables.ts';
import { type Answer, count } from './answer.ts';
import { type AtBits, totalBits } from './by-bits.ts';
import { type Least, untilExact } from './by-dimension.ts';
import type { LossParts } from './loss.ts';

/** How predictors are called where an engineer reads. */
const PREDICTOR_NAMES: Readonly<Record<string, string>> = {
  gamma2Upper: 'the γ₂ norm',
  effectiveRank: 'the effective rank',
  distinctSets: 'the number of distinct sets',
};

/** The answer as lines for a terminal. */
export function answerText(answer: Answer): string {
  const { summary, byDimension, byBits, vectors, own, notes, predictors } = answer;
  const lines = [
    `${answer.file}: ${count(summary.queries)} queries (${count(summary.heldOut)} held out), ${count(summary.items)} items`,
    '',
    ...headlines(answer),
    '',
    ...table(
      ['d', 'recall@|S|', '95 %', 'worst start', 'fitted', 'nDCG@10', 'KL'],
      untilExact(byDimension).map((row) => [
        String(row.d),
        row.recall.toFixed(3),
        `${row.recallLow.toFixed(3)}-${row.recallHigh.toFixed(3)}`,
        row.recallWorst.toFixed(3),
        row.recallFitted.toFixed(3),
        row.ndcg.toFixed(3),
        `${row.kl.toFixed(3)}${row.exact ? ' (simplex)' : ''}`,
      ]),
    ),
    '',
    `Proven: at least ${predictors.lower} and at most ${predictors.upper} dimensions to rank everything right.`,
    ...answer.foretold
      .filter(({ target }) => target === 'd99')
      .map(
        ({ predictor, d, factor }) =>
          `Foretold without a fit: d99 = ${d.toFixed(0)} by ${PREDICTOR_NAMES[predictor] ?? predictor} (usually off by a factor of ${factor.toFixed(1)}).`,
      ),
  ];
  if (byBits.length > 0) {
    lines.push(
      '',
      ...table(
        ['bits per item', 'best spent as', 'rounding', 'recall'],
        improving(byBits).map(({ total, best }) => [
          String(total),
          `${best.d} x ${best.bits} bit`,
          best.rounding,
          best.recall.toFixed(3),
        ]),
      ),
    );
  }
  if (vectors.length > 0) {
    lines.push(
      '',
      ...table(
        ['floats', 'vectors', 'recall', 'fitted'],
        vectors.map((row) => [
          String(row.d),
          `${row.pieces} x ${row.d / row.pieces}`,
          row.recall.toFixed(3),
          row.recallFitted.toFixed(3),
        ]),
      ),
    );
  }
  if (own.length > 0) lines.push('', ...ownLines(own));
  if (notes.length > 0) lines.push('', ...notes.map((note) => `Note: ${note}`));
  return `${lines.join('\n')}\n`;
}

/** Budgets that buy more than every smaller one. */
function improving(rows: readonly AtBits[]): readonly AtBits[] {
  return rows.filter(({ best }, i) => i === 0 || best.recall > rows[i - 1].best.recall);
}

/** What an engineer asks first. */
export function headlines(answer: Answer): readonly string[] {
  const { d90, d99, bits99, loss } = answer;
  return [
    leastLine(d90),
    leastLine(d99),
    ...(bits99 === undefined
      ? []
      : [
          `The fewest bits per item for a recall of 0.99: ${totalBits(bits99)}, as ${bits99.d} numbers of ${bits99.bits} bit (${bits99.rounding}).`,
        ]),
    ...(loss === undefined ? [] : [lossLine(loss)]),
  ];
}

function lossLine({ d, recall, geometry, items, queries }: LossParts): string {
  return (
    `Your ${d} dimensions reach a recall of ${recall.toFixed(3)}. Of what is missing, ${geometry.toFixed(3)} is ` +
    `geometry (no vectors of ${d} numbers were found to do better), ${items.toFixed(3)} the items' vectors, ` +
    `${queries.toFixed(3)} the queries' vectors.`
  );
}

function leastLine({ recall, d, low, high, above }: Least): string {
  const wanted = recall.toFixed(2);
  if (d === undefined) return `More than ${above} dimensions for a recall of ${wanted}.`;
  const same = low === d && high === d;
  const interval = same ? '' : ` (95 % of the queries' chance: ${low ?? d} to ${high ?? 'more'})`;
  return `${d} dimensions for a recall of ${wanted}${interval}.`;
}

function ownLines(own: readonly OwnVectorsRow[]): readonly string[] {
  return table(
    ['d', 'your vectors', 'queries', 'recall', 'fitted', 'nDCG@10'],
    own.map((row) => [
      String(row.d),
      row.method,
      row.queries,
      row.recall.toFixed(3),
      row.recallFitted.toFixed(3),
      row.ndcg.toFixed(3),
    ]),
  );
}

/** Columns aligned to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows].map((row) => row.map((cell, i) => cell.padStart(widths[i])).join('  '));
}
