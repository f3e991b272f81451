import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeBound, judgeEverySeed, judgeRising } from '../../claims/rules.ts';
import { spreadWithin } from '../../claims/spread.ts';
import { GAMES } from '../games/query-set.ts';
import {
  deckOfRuns,
  GameRuns,
  type Measure,
  onGame,
  onGames,
  type StudyEvidence,
} from './evidence.ts';
import { SOLVED, solved, TOLERANCE } from './solved.ts';

const CARDS = 27;
/** An entropy this close to that of the even guess is about even. Nats. */
const ABOUT_EVEN = 0.1;
/** A model of 81 cards that solves the game. */
const SOLVED_81 = { kl: 0.05, overlap: 0.99 } as const;

const kl: Measure = (run) => run.kl;
const overlap: Measure = (run) => run.overlap;
const entropyMid: Measure = (run) => run.entropyMid;

/** Statements about how hard the games are, and for whom. */
export const DIFFICULTY_CLAIMS: readonly Claim<StudyEvidence>[] = [
  {
    name: 'wide-solves-all-games',
    statement: 'Every d of at least the number of cards solves all five games.',
    rule: `KL < ${SOLVED.kl} and overlap > ${SOLVED.overlap} in every seed; fails if in none`,
    judge: (evidence) =>
      onGames(
        evidence,
        GAMES,
        (runs) => allOf(runs.dims.filter((dim) => dim >= runs.keys).map(solved(runs))),
        CARDS,
      ),
  },
  {
    name: 'noncontrastive-solves-all-games',
    statement: 'The non-contrastive model solves all five games.',
    rule: `KL < ${SOLVED.kl} and overlap > ${SOLVED.overlap} in every seed; fails if in none`,
    judge: (evidence) => onGames(evidence, GAMES, (runs) => solved(runs)(undefined), CARDS),
  },
  {
    name: 'difficulty-follows-subsets',
    statement:
      'The more subsets the queries of a game select, the harder it is: KL rises from `set` over `star`, `union` and `symdiff` to `shatter`.',
    rule: `for every d below the number of cards KL clearly rises from \`set\` to \`shatter\` and no step falls by more than ${TOLERANCE}`,
    judge: judgeDifficulty,
  },
  {
    name: 'union-d4-about-even',
    statement: 'On `union` the prediction of d = 4 is about even over all cards.',
    rule: `entropy over queries with 10 to 20 true keys within ${ABOUT_EVEN} of ln 27 in every seed; fails if in none`,
    judge: (evidence) =>
      onGame(
        evidence,
        'union',
        (runs) =>
          judgeBound(
            runs.group(4, entropyMid),
            'entropy',
            'above',
            Number((Math.log(CARDS) - ABOUT_EVEN).toFixed(3)),
          ),
        CARDS,
      ),
  },
  {
    name: 'union-entropy-faster-below-20',
    statement: 'On `union` the entropy of the prediction grows faster from d = 20 down.',
    rule: 'over queries with 10 to 20 true keys: the rise per dimension from 20 to 12 exceeds that from 27 to 20 in every seed; fails if in none',
    judge: (evidence) => onGame(evidence, 'union', judgeFaster, CARDS),
  },
  {
    name: 'cards81-solved-from-d81',
    statement: 'With 81 cards, on `union`, every d of at least 81 solves the game.',
    rule: `KL < ${SOLVED_81.kl} and overlap > ${SOLVED_81.overlap} in every seed; fails if in none`,
    judge: (evidence) =>
      onGame(
        evidence,
        'union',
        (runs) =>
          allOf(
            runs.dims
              .filter((dim) => dim >= runs.keys)
              .flatMap((dim) => [
                judgeBound(runs.group(dim, kl), 'KL', 'below', SOLVED_81.kl),
                judgeBound(runs.group(dim, overlap), 'overlap', 'above', SOLVED_81.overlap),
              ]),
          ),
        81,
      ),
  },
  {
    name: 'rank-within-dimension',
    statement: 'The scores of a contrastive model have a rank of at most d.',
    rule: 'numerical rank of the scores less their row means at most d, for every run',
    judge: ({ runs }) => {
      const compared = runs.filter(({ dim, rank }) => dim !== undefined && rank > 0);
      const beyond = compared.filter(({ dim, rank }) => rank > (dim ?? 0));
      if (compared.length === 0) return undecided('no contrastive run');
      return holdsIf(
        beyond.length === 0,
        beyond.length === 0
          ? `${compared.length} runs`
          : beyond.map(({ game, dim, rank }) => `${game}, d = ${dim}: rank ${rank}`).join('; '),
      );
    },
  },
];

/** Whether the games order the models of each narrow d alike. */
function judgeDifficulty(evidence: StudyEvidence): Judgement {
  const deck = deckOfRuns(evidence);
  const games = GAMES.map((game) => new GameRuns(evidence.runs, deck, game));
  const missing = games.filter((runs) => runs.isEmpty).map(({ game }) => game);
  if (missing.length > 0) return undecided(`this profile has no runs of ${missing.join(', ')}`);
  return allOf(
    games[0].narrow.map((dim) => {
      const groups = games.map((runs) => ({
        name: runs.game,
        values: runs.group(dim, kl).values,
      }));
      const judged = judgeRising(
        groups,
        spreadWithin(groups.map(({ values }) => values)),
        'KL',
        TOLERANCE,
      );
      return { ...judged, evidence: `d = ${dim}: ${judged.evidence}` };
    }),
  );
}

function judgeFaster(runs: GameRuns): Judgement {
  const [wide, middle, narrow] = [27, 20, 12].map((dim) => runs.group(dim, entropyMid).values);
  if (wide.length === 0 || middle.length === 0 || narrow.length === 0)
    return undecided('one of d = 27, 20 and 12 is missing');
  const rises = wide.map((value, seed) => ({
    before: (middle[seed] - value) / 7,
    after: (narrow[seed] - middle[seed]) / 8,
  }));
  return judgeEverySeed(
    rises.map(({ before, after }) => after > before),
    `rise per dimension ${rises.map(({ before, after }) => `${digits(before)} from 27 to 20, ${digits(after)} from 20 to 12`).join('; ')}`,
  );
}
