import { expect, test } from 'vitest';
import { RANK_CLAIMS } from '../../../src/studies/rank/claims.ts';
import type { ProofRow, RankRow } from '../../../src/studies/rank/tables.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { verdicts } from '../verdicts.ts';

const PUBLISHED_RANKS = [
  [2, 3, 5],
  [2, 5, 9],
  [2, 6, 11],
  [2, 7, 13],
  [2, 8, 15],
  [3, 3, 19],
  [4, 3, 65],
];

test('the claims about published ranks, SET and the closed form can each fail', () => {
  const ranks = [...PUBLISHED_RANKS, [3, 3, 27]].map(
    ([attributes, values, rank], i): RankRow => ({
      game: i === 7 ? 'set' : 'shared',
      attributes,
      values,
      queries: 0,
      keys: values ** attributes,
      rank,
    }),
  );
  const proofs = ranks.map(
    ({ game, attributes, values, rank }): ProofRow => ({
      game,
      attributes,
      values,
      distinctColumns: 0,
      prime: 7,
      annihilators: 0,
      lower: rank,
      upper: rank,
      closedForm: rank,
    }),
  );
  const good = { ranks, proofs, deck: deckOf(27) };
  expect(verdicts(RANK_CLAIMS, good)).toEqual({
    'ranks-as-published': 'holds',
    'set-has-full-rank': 'holds',
    'rank-in-closed-form': 'holds',
  });
  const wrong = ranks.map((row) => ({ ...row, rank: row.rank - 1 }));
  expect(Object.values(verdicts(RANK_CLAIMS, { ...good, ranks: wrong }))).toEqual([
    'fails',
    'fails',
    'fails',
  ]);
  expect(verdicts(RANK_CLAIMS, { ...good, ranks: ranks.slice(1), proofs: [] })).toMatchObject({
    'ranks-as-published': 'undecided',
    'rank-in-closed-form': 'fails',
  });
});
