import { type Claim, undecided } from '../../claims/claim.ts';
import { judgeNear } from '../../claims/rules.ts';
import type { StudyEvidence } from './evidence.ts';

interface PublishedCount {
  readonly name: string;
  readonly statement: string;
  readonly game: string;
  readonly operators: string | null;
  readonly pairs: number | null;
  /** Binary logarithm of the number of subsets. */
  readonly log2: number;
  readonly tolerance: number;
}

const PAIRS = 5;
/** `about 2^21` means any number that rounds to it. */
const ABOUT = 0.5;

const PUBLISHED: readonly PublishedCount[] = [
  {
    name: 'set-subsets-published-exponent',
    statement: 'Queries of `set` select 2^4.57 different subsets of 27 cards.',
    game: 'set',
    operators: null,
    pairs: 1,
    log2: 4.57,
    tolerance: 0.005,
  },
  {
    name: 'union-subsets',
    statement:
      'Queries of `union`, with five pairs, select about 2^21 different subsets of 27 cards.',
    game: 'union',
    operators: 'union',
    pairs: PAIRS,
    log2: 21,
    tolerance: ABOUT,
  },
  {
    name: 'union-subsets-of-eight-pairs',
    statement:
      'With eight pairs, as the text says, `union` selects about 2^21 subsets of 27 cards.',
    game: 'union',
    operators: 'union',
    pairs: 8,
    log2: 21,
    tolerance: ABOUT,
  },
  {
    name: 'symdiff-subsets',
    statement:
      'Queries of `symdiff`, with five pairs, select about 2^23 different subsets of 27 cards.',
    game: 'symdiff',
    operators: 'both',
    pairs: PAIRS,
    log2: 23,
    tolerance: ABOUT,
  },
  {
    name: 'shatter-subsets',
    statement: 'Queries of `shatter` select 2^27 different subsets of 27 cards.',
    game: 'shatter',
    operators: null,
    pairs: null,
    log2: 27,
    tolerance: 0.005,
  },
];

/** The published numbers of subsets, against exact counts. */
export const SUBSET_CLAIMS: readonly Claim<StudyEvidence>[] = PUBLISHED.map(
  ({ name, statement, game, operators, pairs, log2, tolerance }) => ({
    name,
    statement,
    rule: `binary logarithm of the exact count within ${tolerance} of ${log2}`,
    judge: ({ counts }) => {
      const count = counts.find(
        (row) =>
          row.deck === 27 &&
          row.game === game &&
          row.operators === operators &&
          row.pairs === pairs,
      );
      if (count === undefined) return undecided('the subsets of 27 cards were not counted');
      return judgeNear('log2 of the exact count', count.log2Subsets, log2, tolerance);
    },
  }),
);
