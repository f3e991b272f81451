import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { judgeBound, judgeGreater, judgeNear, judgeRising } from '../../claims/rules.ts';
import { GAMES, type Game } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import {
  deckOfRuns,
  GameRuns,
  type Measure,
  onGame,
  onGames,
  type StudyEvidence,
} from './evidence.ts';
import { judgeOverlapMirrorsKl } from './mirror.ts';
import { missing, SOLVED, solved, TOLERANCE } from './solved.ts';

/** Bounds of the KL of a model that does well: contrastive with d >= K, and non-contrastive. */
const WELL: Readonly<Record<'contrastive' | 'noncontrastive', Readonly<Record<Game, number>>>> = {
  contrastive: { set: 0.02, star: 0.02, union: 0.05, symdiff: 0.15, shatter: 0.02 },
  noncontrastive: { set: 0.02, star: 0.02, union: 0.02, symdiff: 0.05, shatter: 0.02 },
};
/** Largest relative difference between sizes that count as the same. */
const SAME_SIZE = 0.02;
/** The deck of the published figures. */
const CARDS = 27;

const kl: Measure = (run) => run.kl;
const EVERY_SEED = 'in every seed; fails if in none';
const RISING =
  `the narrowest is clearly above the widest (95 % interval of the difference, by more than ${TOLERANCE}) ` +
  `and no step falls by more than ${TOLERANCE}`;

/** The published statements about the study, as checks of its tables. */
export const MODEL_CLAIMS: readonly Claim<StudyEvidence>[] = [
  {
    name: 'set-solved-by-all',
    statement: 'Every model solves `set`, however small its dimension.',
    rule: `KL < ${SOLVED.kl} and overlap > ${SOLVED.overlap} for every model ${EVERY_SEED}`,
    judge: (evidence) =>
      onGame(evidence, 'set', (runs) => allOf([...runs.dims, undefined].map(solved(runs))), CARDS),
  },
  {
    name: 'star-d4-begins-to-fail',
    statement: 'On `star` d = 4 begins to fail; wider models and the non-contrastive one do not.',
    rule: `KL of d = 4 clearly above that of d = 27, by more than ${TOLERANCE}; all others solved (KL < ${SOLVED.kl}, overlap > ${SOLVED.overlap})`,
    judge: (evidence) =>
      onGame(
        evidence,
        'star',
        (runs) =>
          allOf([
            above(runs, 4, CARDS),
            ...[...runs.dims.filter((dim) => dim > 4), undefined].map(solved(runs)),
          ]),
        CARDS,
      ),
  },
  ...(['union', 'symdiff'] as const).map(
    (game): Claim<StudyEvidence> => ({
      name: `${game}-worse-as-d-shrinks`,
      statement: `On \`${game}\` models with d below the number of cards grow worse as d shrinks.`,
      rule: `KL over falling d: ${RISING}`,
      judge: (evidence) => onGame(evidence, game, (runs) => rising(runs, runs.narrow, kl, 'KL')),
    }),
  ),
  {
    name: 'shatter-fails-below-d-of-cards',
    statement:
      'On `shatter` every d below the number of cards fails, to an extent that grows as d shrinks.',
    rule: `KL of each narrower d clearly above that of d = cards, by more than ${TOLERANCE}; over falling d: ${RISING}`,
    judge: (evidence) => onGame(evidence, 'shatter', narrowWorse),
  },
  {
    name: 'wide-better-than-narrow',
    statement: 'On `union` and `symdiff` d = cards is better than every smaller d.',
    rule: `KL of each narrower d clearly above that of d = cards, by more than ${TOLERANCE}`,
    judge: (evidence) =>
      onGames(evidence, ['union', 'symdiff'], (runs) =>
        eachNarrow(runs, (dim) => above(runs, dim, runs.narrowestWide)),
      ),
  },
  ...([27, 512] as const).map(
    (dim): Claim<StudyEvidence> => ({
      name: `d${dim}-does-well`,
      statement: `d = ${dim} does well on all five games.`,
      rule: `KL < ${bounds('contrastive')} ${EVERY_SEED}`,
      judge: (evidence) =>
        onGames(evidence, GAMES, (runs) => well(runs, dim, WELL.contrastive[runs.game]), CARDS),
    }),
  ),
  {
    name: 'noncontrastive-does-well',
    statement: 'The non-contrastive model does well on all five games.',
    rule: `KL < ${bounds('noncontrastive')} ${EVERY_SEED}`,
    judge: (evidence) =>
      onGames(
        evidence,
        GAMES,
        (runs) => well(runs, undefined, WELL.noncontrastive[runs.game]),
        CARDS,
      ),
  },
  {
    name: 'noncontrastive-half-size',
    statement: 'The non-contrastive model has half the size of the contrastive ones.',
    rule: 'its parameters over those of d = cards: 0.5 to within 0.1, in every game',
    judge: (evidence) => onGames(evidence, GAMES, halfSize),
  },
  {
    name: 'narrow-models-same-size',
    statement: 'Models that differ in d, up to the number of cards, have the same size.',
    rule: `parameters of the largest model with d <= cards at most ${100 * SAME_SIZE} % above those of the smallest, in every game`,
    judge: (evidence) => onGames(evidence, GAMES, sameSize),
  },
  {
    name: 'noncontrastive-better-than-narrow',
    statement:
      'On `union`, `symdiff` and `shatter` the non-contrastive model is better than every d below the number of cards.',
    rule: `KL of each narrower d clearly above the non-contrastive one, by more than ${TOLERANCE}`,
    judge: (evidence) =>
      onGames(evidence, ['union', 'symdiff', 'shatter'], (runs) =>
        eachNarrow(runs, (dim) => above(runs, dim, undefined)),
      ),
  },
  {
    name: 'overlap-mirrors-kl',
    statement: 'Top-K overlap shows the same as KL, upside down.',
    rule: `of two models of a game that clearly differ in both (by more than ${TOLERANCE}), the one with the higher KL has the lower overlap, for every such two`,
    judge: (evidence) =>
      judgeOverlapMirrorsKl(
        GAMES.map((game) => new GameRuns(evidence.runs, deckOfRuns(evidence), game)),
        TOLERANCE,
      ),
  },
  {
    name: 'union-entropy-rises',
    statement: 'On `union` the entropy of the prediction rises as d falls, over all test queries.',
    rule: `mean entropy over falling d: ${RISING}`,
    judge: (evidence) =>
      onGame(evidence, 'union', (runs) =>
        rising(runs, runs.dims, ({ entropy }) => entropy, 'entropy'),
      ),
  },
  {
    name: 'union-entropy-rises-10-to-20',
    statement:
      'On `union` the entropy of the prediction rises as d falls, over queries with 10 to 20 true keys.',
    rule: `mean entropy over falling d: ${RISING}`,
    judge: (evidence) =>
      onGame(evidence, 'union', (runs) => withMid(runs, ({ entropyMid }) => entropyMid, 'entropy')),
  },
  {
    name: 'union-mass-drifts-to-false-keys',
    statement:
      'On `union` the prediction of a query with about 13 true keys drifts to false keys as d falls.',
    rule: `mean mass on false keys of queries with 10 to 20 true keys, over falling d: ${RISING}`,
    judge: (evidence) =>
      onGame(evidence, 'union', (runs) =>
        withMid(runs, ({ falseMassMid }) => falseMassMid, 'mass on false keys'),
      ),
  },
  {
    name: 'cards81-kl-falls-with-d',
    statement: 'With 81 cards, on `union`, KL falls as d rises.',
    rule: `KL over falling d: ${RISING}`,
    judge: (evidence) => onGame(evidence, 'union', (runs) => rising(runs, runs.dims, kl, 'KL'), 81),
  },
  {
    name: 'cards81-overlap-rises-with-d',
    statement: 'With 81 cards, on `union`, Top-K overlap rises with d.',
    rule: `1 - overlap over falling d: ${RISING}`,
    judge: (evidence) =>
      onGame(
        evidence,
        'union',
        (runs) => rising(runs, runs.dims, (run) => 1 - run.overlap, '1 - overlap'),
        81,
      ),
  },
];

function bounds(model: keyof typeof WELL): string {
  return GAMES.map((game) => `${WELL[model][game]} (${game})`).join(', ');
}

function well(runs: GameRuns, dim: number | undefined, bound: number): Judgement {
  if (!runs.has(dim)) return missing(dim);
  return judgeBound(runs.group(dim, kl), 'KL', 'below', bound);
}

/** Whether the KL of one model is above that of another. */
function above(runs: GameRuns, worse: number, better: number | undefined): Judgement {
  for (const dim of [worse, better]) if (!runs.has(dim)) return missing(dim);
  const spread = runs.spread(kl, better === undefined);
  return judgeGreater(runs.group(worse, kl), runs.group(better, kl), spread, 'KL', TOLERANCE);
}

function eachNarrow(runs: GameRuns, judge: (dim: number) => Judgement): Judgement {
  if (runs.narrow.length === 0) return undecided('no model has d below the number of cards');
  return allOf(runs.narrow.map(judge));
}

function rising(
  runs: GameRuns,
  dims: readonly number[],
  measure: Measure,
  name: string,
): Judgement {
  const groups = dims.map((dim) => runs.group(dim, measure));
  return judgeRising(groups, runs.spread(measure), name, TOLERANCE);
}

function narrowWorse(runs: GameRuns): Judgement {
  return allOf([
    eachNarrow(runs, (dim) => above(runs, dim, runs.narrowestWide)),
    rising(runs, runs.narrow, kl, 'KL'),
  ]);
}

/** Means over queries with 10 to 20 true keys, which small decks do not have. */
function withMid(runs: GameRuns, measure: Measure, name: string): Judgement {
  const some = runs.dims.some((dim) => runs.group(dim, measure).values.length > 0);
  if (!some) return undecided(`no test query of ${runs.keys} cards has 10 true keys`);
  return rising(runs, runs.dims, measure, name);
}

function sameSize(runs: GameRuns): Judgement {
  const sizes = runs.dims
    .filter((dim) => dim <= runs.keys)
    .flatMap((dim) => runs.group(dim, ({ parameters }) => parameters).values);
  if (sizes.length === 0) return undecided('no model has d of at most the number of cards');
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return holdsIf(most / least - 1 <= SAME_SIZE, `${least} to ${most} parameters`);
}

function halfSize(runs: GameRuns): Judgement {
  const size: Measure = ({ parameters }: RunMetrics) => parameters;
  const [whole] = runs.group(runs.narrowestWide, size).values;
  const [half] = runs.group(undefined, size).values;
  if (whole === undefined || half === undefined) return undecided('one of the models is missing');
  return judgeNear(`${half} of ${whole} parameters,`, half / whole, 0.5, 0.1);
}
