import { type Foretold, foretell } from '../prediction/coefficients.ts';
import { COEFFICIENTS } from '../prediction/measured.ts';
import type { Predictors } from '../predictors/predictors.ts';
import type {
  AtDimension,
  BudgetRow,
  FitRow,
  JudgementsSummary,
  OwnVectorsRow,
} from '../tables.ts';
import { type AtBits, byBits, cheapestBits } from './by-bits.ts';
import { byDimension, type Least, leastOf } from './by-dimension.ts';
import { type LossParts, lossParts } from './loss.ts';

/** Everything that was found about some judgements. */
export interface Answer {
  /** Name of the file of judgements. */
  readonly file: string;
  readonly summary: JudgementsSummary;
  readonly byDimension: readonly AtDimension[];
  readonly d90: Least;
  readonly d99: Least;
  readonly predictors: Predictors;
  readonly foretold: readonly Foretold[];
  /** The best way to spend each number of bits per item. */
  readonly byBits: readonly AtBits[];
  /** The fewest bits per item that were found to reach a held-out recall of 0.99. */
  readonly bits99: BudgetRow | undefined;
  readonly vectors: readonly BudgetRow[];
  readonly own: readonly OwnVectorsRow[];
  readonly loss: LossParts | undefined;
  /** What a reader has to know before believing the numbers. */
  readonly notes: readonly string[];
}

export interface Findings {
  /** Name of the file of judgements. */
  readonly file: string;
  readonly summary: JudgementsSummary;
  readonly predictors: Predictors;
  readonly fits: readonly FitRow[];
  readonly bits: readonly BudgetRow[];
  readonly vectors: readonly BudgetRow[];
  readonly own: readonly OwnVectorsRow[];
  /** About vectors that were left out. */
  readonly notes: readonly string[];
}

export function answerOf(findings: Findings): Answer {
  const { file, summary, predictors, fits, bits, vectors, own } = findings;
  const rows = byDimension(fits);
  const sorted = [...vectors].sort((a, b) => a.d - b.d || a.pieces - b.pieces);
  return {
    file,
    summary,
    byDimension: rows,
    d90: leastOf(rows, 0.9),
    d99: leastOf(rows, 0.99),
    predictors,
    foretold: foretell(predictors, COEFFICIENTS),
    byBits: byBits(bits),
    bits99: cheapestBits(bits, 0.99),
    vectors: sorted,
    own,
    loss: lossParts(own, rows),
    notes: [...notesOn(summary, predictors), ...findings.notes],
  };
}

/** Held-out queries below which an interval says little. */
const FEW = 50;

function notesOn(summary: JudgementsSummary, predictors: Predictors): readonly string[] {
  const { queries, items, allQueries, allItems, heldOut, passedOver, withoutItems } = summary;
  const notes: string[] = [];
  if (queries < allQueries || items < allItems) {
    notes.push(
      `A sample was fitted: ${count(queries)} of ${count(allQueries)} queries and ${count(items)} of ` +
        `${count(allItems)} items, a piece that hangs together by shared items. The whole needs at least ` +
        'as many dimensions as the sample.',
    );
  }
  if (passedOver > 0) {
    notes.push(
      `${count(passedOver)} queries were passed over, since the items that they need did not fit into the sample any more.`,
    );
  }
  if (withoutItems > 0)
    notes.push(`${count(withoutItems)} queries have no relevant item and were left out.`);
  if (heldOut === 0) {
    notes.push(
      'No query is held out: every query has an item that no other query asks for. All recalls are on ' +
        'fitted queries, and say nothing about new ones.',
    );
  } else if (heldOut < FEW || heldOut < 0.2 * queries) {
    notes.push(
      `Only ${count(heldOut)} of ${count(queries)} queries are held out: the items of the others are asked for ` +
        'too seldom.',
    );
  }
  if (predictors.largestSet === 1) {
    notes.push('Every query has one item: two dimensions are enough, with the items on a circle.');
  }
  return notes;
}

export const count = (n: number): string => n.toLocaleString('en-US');
