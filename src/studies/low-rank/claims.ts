import { allOf, type Claim, holdsIf, type Judgement } from '../../claims/claim.ts';
import type { LowRankEvidence, ThresholdRow } from './tables.ts';
import { KL_TOLERANCE } from './thresholds.ts';

/** Share of the rank from which a dimension counts as of the order of the rank. */
const ORDER = 0.5;

export const LOW_RANK_CLAIMS: readonly Claim<LowRankEvidence>[] = [
  {
    name: 'rank-suffices',
    statement: 'Embeddings as wide as the rank reach 100 % training accuracy.',
    rule: 'At d = rank every query ranks all its keys on top, for every deck and seed.',
    judge: ({ rows }) =>
      allOf(
        rows
          .filter(({ d, rank }) => d === rank)
          .map((row) => {
            const evidence = `${nameOf(row)}: accuracy ${row.accuracy.toFixed(3)} at d = ${row.d}`;
            return holdsIf(row.accuracy === 1, evidence);
          }),
      ),
  },
  {
    name: 'accuracy-needs-the-order-of-the-rank',
    statement: '100 % training accuracy needs a dimension of the order of the rank.',
    rule: `The smallest d such that accuracy is 1 at it and every larger d is between ${ORDER} rank and the rank, for every deck.`,
    judge: (evidence) => judgeOrder(evidence, ({ alwaysExact }) => alwaysExact),
  },
  {
    name: 'predictions-need-the-order-of-the-rank',
    statement: "Predicting exactly each query's keys needs a dimension of the order of the rank.",
    rule: `The smallest d such that mean KL is below ${KL_TOLERANCE} at it and every larger d is between ${ORDER} rank and the rank, for every deck.`,
    judge: (evidence) => judgeOrder(evidence, ({ predicts }) => predicts),
  },
  {
    name: 'two-attributes-need-four-dimensions',
    statement:
      'With two attributes four dimensions suffice for any number of values, a polygon in a plane for each attribute, while the rank grows.',
    rule: 'For every deck of two attributes, accuracy is 1 from d = 4 on and below 1 at d = 3.',
    judge: ({ rows, thresholds }) =>
      allOf(
        thresholds
          .filter(({ attributes }) => attributes === 2)
          .map((deck) => {
            const three = rows.find((row) => nameOf(row) === nameOf(deck) && row.d === 3);
            return holdsIf(
              deck.alwaysExact === 4 && three !== undefined && three.accuracy < 1,
              `${nameOf(deck)}: 100 % from d = ${deck.alwaysExact ?? 'never'} on, rank ${deck.rank}`,
            );
          }),
      ),
  },
  {
    name: 'svd-is-exact-at-the-rank',
    statement: 'The truncated SVD is exact at d = rank and has a residual below it.',
    rule: 'The residual, as a share of the squared norm, is below 1e-20 at the rank and above 1e-3 below it.',
    judge: ({ rows, thresholds }) =>
      allOf(
        thresholds.map((deck) => {
          const ofDeck = rows.filter((row) => nameOf(row) === nameOf(deck));
          const residuals = (isRank: boolean) =>
            ofDeck.filter(({ d, rank }) => (d === rank) === isRank).map((row) => row.svdResidual);
          const [at, below] = [Math.max(...residuals(true)), Math.min(...residuals(false))];
          return holdsIf(
            at < 1e-20 && below > 1e-3,
            `${nameOf(deck)}: ${at.toExponential(1)} at the rank, at least ${below.toExponential(1)} below it`,
          );
        }),
      ),
  },
];

function nameOf({ attributes, values }: Pick<ThresholdRow, 'attributes' | 'values'>): string {
  return `${attributes} attributes of ${values}`;
}

/** Whether a threshold is between half the rank and the rank, for every deck. */
function judgeOrder(
  { thresholds }: LowRankEvidence,
  thresholdOf: (deck: ThresholdRow) => number | undefined,
): Judgement {
  return allOf(
    thresholds.map((deck) => {
      const d = thresholdOf(deck);
      return holdsIf(
        d !== undefined && d >= ORDER * deck.rank && d <= deck.rank,
        `${nameOf(deck)}: d = ${d ?? 'never'}, rank ${deck.rank}`,
      );
    }),
  );
}
