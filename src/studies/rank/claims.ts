import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import type { RankEvidence } from './tables.ts';

/** The published ranks of the shared-attribute game: attributes, values, rank. */
const PUBLISHED: readonly (readonly [number, number, number])[] = [
  [2, 3, 5],
  [2, 5, 9],
  [2, 6, 11],
  [2, 7, 13],
  [2, 8, 15],
  [3, 3, 19],
  [4, 3, 65],
];

export const RANK_CLAIMS: readonly Claim<RankEvidence>[] = [
  {
    name: 'ranks-as-published',
    statement:
      'The query-key matrix of the shared-attribute game has rank 5, 9, 11, 13, 15 for two attributes of 3, 5, 6, 7, 8 values, 19 for three of 3 and 65 for four of 3.',
    rule: 'The exact rank equals the published one, for all seven.',
    judge: ({ ranks }) =>
      allOf(
        PUBLISHED.map(([attributes, values, published]): Judgement => {
          const row = ranks.find(
            (measured) =>
              measured.game === 'shared' &&
              measured.attributes === attributes &&
              measured.values === values,
          );
          const name = `(${attributes}, ${values})`;
          if (row === undefined) return undecided(`${name} was not computed`);
          const evidence = `${name}: published ${published}, measured ${row.rank}`;
          return holdsIf(row.rank === published, evidence);
        }),
      ),
  },
  {
    name: 'set-has-full-rank',
    statement: 'The matrix of the original SET game has full rank.',
    rule: 'Rank = number of keys, for every deck tried.',
    judge: ({ ranks }) =>
      allOf(
        ranks
          .filter(({ game }) => game === 'set')
          .map(({ rank, keys }) => holdsIf(rank === keys, `${rank} of ${keys}`)),
      ),
  },
  {
    name: 'rank-in-closed-form',
    statement: 'The rank of the shared-attribute game is v^A - (v - 1)^A, that of SET v^A.',
    rule: 'The formula and both bounds of the proof equal the rank, for every deck tried.',
    judge: ({ ranks, proofs }) => {
      const wrong = proofs.filter(({ closedForm, lower, upper }, i) => {
        return [closedForm, lower, upper].some((value) => value !== ranks[i].rank);
      });
      const shown = wrong.map(({ attributes, values }) => `not (${attributes}, ${values})`);
      const agreeing = `${proofs.length - wrong.length} of ${proofs.length} decks`;
      return holdsIf(proofs.length > 0 && wrong.length === 0, [agreeing, ...shown].join('; '));
    },
  },
];
