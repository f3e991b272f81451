import { expect, test } from 'vitest';
import { answerOf, type Findings } from '../../../src/dimension/answer/answer.ts';
import { byBits } from '../../../src/dimension/answer/by-bits.ts';
import { byDimension, leastOf } from '../../../src/dimension/answer/by-dimension.ts';
import { answerPage } from '../../../src/dimension/answer/page.ts';
import { answerText } from '../../../src/dimension/answer/text.ts';
import type { BudgetRow, FitRow } from '../../../src/dimension/tables.ts';

const fitRow = (d: number, restart: number, part: string, recall: number, more = {}): FitRow => ({
  d,
  restart,
  aim: 'kl',
  part,
  queries: 100,
  recall,
  recallError: 0.02,
  ndcg: recall,
  kl: 1 - recall,
  ...more,
});

const FITS = [
  fitRow(8, 1, 'fitted', 1),
  fitRow(8, 1, 'held out', 0.9),
  fitRow(8, 1, 'held out', 0.97, { aim: 'margin', kl: 5 }),
  fitRow(8, 2, 'held out', 0.94),
  fitRow(4, 1, 'fitted', 0.8),
  fitRow(4, 1, 'held out', 0.7),
  fitRow(16, 1, 'fitted', 1, { aim: 'simplex', recallError: 0 }),
  fitRow(16, 1, 'held out', 1, { aim: 'simplex', recallError: 0 }),
];

test('the best restart of each dimension, each measure by itself', () => {
  const rows = byDimension(FITS);
  expect(rows.map(({ d }) => d)).toEqual([4, 8, 16]);
  const [, eight, simplex] = rows;
  expect(eight).toMatchObject({ recall: 0.97, recallWorst: 0.94, recallFitted: 1, exact: false });
  expect(eight.kl).toBeCloseTo(0.06, 12);
  expect(eight.recallLow).toBeCloseTo(0.97 - 1.96 * 0.02, 12);
  expect(eight.recallHigh).toBe(1);
  expect(simplex.exact).toBe(true);
});

test('the least dimension, and what the chance of the queries allows', () => {
  const rows = byDimension(FITS);
  expect(leastOf(rows, 0.9)).toEqual({ recall: 0.9, d: 8, low: 8, high: 8, above: 4 });
  expect(leastOf(rows, 0.99)).toEqual({ recall: 0.99, d: 16, low: 8, high: 16, above: 8 });
  expect(leastOf(rows.slice(0, 1), 0.9)).toMatchObject({ d: undefined, above: 4 });
});

test('without held-out queries the fitted ones are measured', () => {
  const [row] = byDimension([fitRow(4, 1, 'fitted', 0.8)]);
  expect(row.recall).toBe(0.8);
});

const budget = (d: number, bits: number, recall: number): BudgetRow => ({
  d,
  bits,
  pieces: 1,
  rounding: 'post-training',
  recallFitted: recall,
  recall,
  recallError: 0.01,
  ndcg: recall,
  kl: 0,
});

test('the best use of bits is never worse with more of them', () => {
  const rows = [budget(8, 1, 0.5), budget(8, 2, 0.45), budget(16, 1, 0.8), budget(8, 4, 0.7)];
  expect(byBits(rows).map(({ total, best }) => [total, best.d, best.bits])).toEqual([
    [8, 8, 1],
    [16, 16, 1],
    [32, 16, 1],
  ]);
});

const FINDINGS: Findings = {
  file: 'my <qrels>.tsv',
  summary: {
    format: 'tsv',
    lines: 10,
    repeated: 0,
    withoutItems: 2,
    allQueries: 5000,
    allItems: 90,
    queries: 1000,
    items: 80,
    passedOver: 12,
    heldOut: 40,
  },
  predictors: {
    items: 80,
    queries: 1000,
    distinctSets: 900,
    meanSet: 3,
    largestSet: 9,
    meanDegree: 30,
    largestDegree: 60,
    jaccard: 0.1,
    sharing: 0.3,
    rank: 79,
    forster: 2,
    lower: 3,
    upper: 18,
  },
  fits: FITS,
  bits: [budget(8, 1, 0.5), budget(16, 1, 0.995)],
  vectors: [{ ...budget(8, 32, 0.9), pieces: 2 }],
  own: [],
  notes: ['About vectors.'],
};

test('an answer says what an engineer needs, and what to distrust', () => {
  const answer = answerOf(FINDINGS);
  const text = answerText(answer);
  expect(text).toContain('8 dimensions for a recall of 0.90.');
  expect(text).toContain(
    "16 dimensions for a recall of 0.99 (95 % of the queries' chance: 8 to 16).",
  );
  expect(text).toContain(
    'The fewest bits per item for a recall of 0.99: 16, as 16 numbers of 1 bit',
  );
  expect(text).toContain('at least 3 and at most 18 dimensions');
  expect(answer.notes.join('\n')).toMatch(
    /1,000 of 5,000 queries[\s\S]*12 queries were passed over/,
  );
  expect(answer.notes.join('\n')).toContain('Only 40 of 1,000 queries are held out');
  expect(answer.notes.at(-1)).toBe('About vectors.');
});

test('the page holds the figure, and names as text', () => {
  const page = answerPage(answerOf(FINDINGS), '<?xml version="1.0"?>\n<svg></svg>');
  expect(page).toContain('<svg></svg>');
  expect(page).not.toContain('<?xml');
  expect(page).toContain('my &lt;qrels&gt;.tsv');
  expect(page).not.toContain('<qrels>');
});

test('what is missing is divided among dimensions, items and queries', () => {
  const own = (queries: string, recall: number) => ({
    d: 10,
    method: 'as given',
    queries,
    recallFitted: recall,
    recall,
    recallError: 0.01,
    ndcg: recall,
    kl: 1,
  });
  const vectors = [own('own', 0.5), own('free', 0.9)];
  const { loss } = answerOf({ ...FINDINGS, own: vectors });
  // Free vectors of 8 dimensions, the most tried of at most 10, reach 0.97.
  expect(loss?.geometry).toBeCloseTo(0.03, 12);
  expect(loss?.items).toBeCloseTo(0.07, 12);
  expect(loss?.queries).toBeCloseTo(0.4, 12);
  expect(answerText(answerOf({ ...FINDINGS, own: vectors }))).toContain(
    'Your 10 dimensions reach a recall of 0.500.',
  );
  expect(answerOf({ ...FINDINGS, own: vectors.slice(1) }).loss).toBeUndefined();
});
