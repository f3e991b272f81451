import { allOf, type Claim, type Judgement } from '../../claims/claim.ts';
import type { LowRankRow } from './tables.ts';
import { KL_TOLERANCE, type LowRankThresholds } from './thresholds.ts';

export interface LowRankEvidence {
  readonly rows: readonly LowRankRow[];
  readonly thresholds: readonly LowRankThresholds[];
}

/** What counts as "of the order of the rank". */
const ORDER = 0.5;

const nameOf = ({ attributes, values }: { readonly attributes: number; readonly values: number }) =>
  `${attributes} attributes of ${values}`;

/** Whether a threshold is between half the rank and the rank, for every deck. */
const ofTheOrder = (
  { thresholds }: LowRankEvidence,
  of: (deck: LowRankThresholds) => number | undefined,
): Judgement =>
  allOf(
    thresholds.map((deck): Judgement => {
      const d = of(deck);
      const holds = d !== undefined && d >= ORDER * deck.rank && d <= deck.rank;
      const evidence = `${nameOf(deck)}: d = ${d ?? 'never'}, rank ${deck.rank}`;
      return { verdict: holds ? 'holds' : 'fails', evidence };
    }),
  );

export const LOW_RANK_CLAIMS: readonly Claim<LowRankEvidence>[] = [
  {
    name: 'rank-suffices',
    statement: 'Embeddings as wide as the rank reach 100 % training accuracy.',
    rule: 'At d = rank every query of every deck has all its keys on top, for every seed.',
    judge: ({ rows }) =>
      allOf(
        rows
          .filter(({ d, rank }) => d === rank)
          .map((row) => ({
            verdict: row.accuracy === 1 ? 'holds' : 'fails',
            evidence: `${nameOf(row)}: accuracy ${row.accuracy.toFixed(3)} at d = ${row.d}`,
          })),
      ),
  },
  {
    name: 'accuracy-needs-the-order-of-the-rank',
    statement: '100 % training accuracy needs a dimension of the order of the rank.',
    rule: `The smallest d with 100 % from there on is between ${ORDER} rank and the rank, for every deck.`,
    judge: (evidence) => ofTheOrder(evidence, ({ alwaysExact }) => alwaysExact),
  },
  {
    name: 'predictions-need-the-order-of-the-rank',
    statement: "Predicting each query's keys alone needs a dimension of the order of the rank.",
    rule: `The smallest d with mean KL below ${KL_TOLERANCE} from there on is between ${ORDER} rank and the rank, for every deck.`,
    judge: (evidence) => ofTheOrder(evidence, ({ predicts }) => predicts),
  },
  {
    name: 'two-attributes-need-four-dimensions',
    statement:
      'With two attributes four dimensions suffice whatever the number of values, a polygon in a plane for each, while the rank grows.',
    rule: 'For every deck of two attributes accuracy is 1 from d = 4 on and below 1 at d = 3.',
    judge: ({ rows, thresholds }) =>
      allOf(
        thresholds
          .filter(({ attributes }) => attributes === 2)
          .map((deck): Judgement => {
            const three = rows.find((row) => nameOf(row) === nameOf(deck) && row.d === 3);
            const holds = deck.alwaysExact === 4 && three !== undefined && three.accuracy < 1;
            return {
              verdict: holds ? 'holds' : 'fails',
              evidence: `${nameOf(deck)}: 100 % from d = ${deck.alwaysExact ?? 'never'} on, rank ${deck.rank}`,
            };
          }),
      ),
  },
  {
    name: 'svd-is-exact-at-the-rank',
    statement: 'The truncated SVD leaves nothing at d = rank and something below it.',
    rule: 'Share of the squared norm left over below 1e-20 at the rank, above 1e-3 below it.',
    judge: ({ rows, thresholds }) =>
      allOf(
        thresholds.map((deck): Judgement => {
          const own = rows.filter((row) => nameOf(row) === nameOf(deck));
          const left = (isRank: boolean) =>
            own.filter(({ d, rank }) => (d === rank) === isRank).map((row) => row.svdResidual);
          const [at, below] = [Math.max(...left(true)), Math.min(...left(false))];
          return {
            verdict: at < 1e-20 && below > 1e-3 ? 'holds' : 'fails',
            evidence: `${nameOf(deck)}: ${at.toExponential(1)} at the rank, at least ${below.toExponential(1)} below it`,
          };
        }),
      ),
  },
];
