import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, type Group, judgeGreater, judgeRising } from '../../claims/rules.ts';
import { meanOverSeeds, spreadWithin } from '../../claims/spread.ts';
import {
  LEVELS,
  type Level,
  type ScenesEvidence,
  type ScoreRow,
  type SubsetRow,
} from './tables.ts';

/** A KL that is clearly not zero. Nats. */
const CLEAR = 0.05;
/** A KL that is zero up to the length that vectors reach. Nats. */
const ZERO = 0.005;
/** Smaller differences of KL do not count. Nats. */
const TOLERANCE = 0.01;
/** Dimensions that are few for 64 scenes. */
const NARROW = 8;
/** How many times as many sets a second atom selects, at least. */
const MULTIPLIES = 100;
/** Bits that conjunctions of two atoms stay below, of the 64 that sets of scenes have. */
const FEW_BITS = 32;
/** Levels whose queries describe scenes, in order of depth. */
const DESCRIBING = LEVELS.filter((level) => level !== 'list');

/** What the source asks, and what geometry lets expect. */
export const SCENES_CLAIMS: readonly Claim<ScenesEvidence>[] = [
  {
    name: 'conjunctions-multiply-subsets',
    statement: 'A second atom multiplies the sets of scenes that queries can select.',
    rule: `at least ${MULTIPLIES} times as many different sets with two atoms of any kind as with one`,
    judge: ({ subsets }) => {
      const [one, two] = [1, 2].map((depth) => rowAt(subsets, 'relation', depth)?.subsets);
      if (one === undefined || two === undefined) return undecided('not counted here');
      return holdsIf(two >= MULTIPLIES * one, `${one} sets with one atom, ${two} with two`);
    },
  },
  {
    name: 'descriptions-reach-few-subsets',
    statement: 'Descriptions of scenes select few of all the sets of scenes there are.',
    rule: `fewer than 2^${FEW_BITS} different sets with two atoms of any kind, of 2^64`,
    judge: ({ subsets, scenes }) => {
      const two = rowAt(subsets, 'relation', 2);
      if (two === undefined || scenes !== 64) return undecided('not counted here');
      return holdsIf(two.bits < FEW_BITS, `2^${digits(two.bits)} sets`);
    },
  },
  {
    name: 'natural-queries-run-into-the-dimension',
    statement:
      'With few dimensions no vectors answer descriptions of scenes rightly, however they were found.',
    rule: `KL of free vectors above ${CLEAR} on every level of descriptions at every d of at most ${NARROW}`,
    judge: ({ scores }) =>
      allOf(
        dimsOf(scores, 'floor')
          .filter((d) => d <= NARROW)
          .map((d): Judgement => {
            const least = DESCRIBING.map((level) => floorAt(scores, level, d));
            return holdsIf(
              least.every((kl) => kl > CLEAR),
              `d = ${d}: ${DESCRIBING.map((level, i) => `${level} ${digits(least[i])}`).join(', ')}`,
            );
          }),
      ),
  },
  {
    name: 'depth-needs-more-dimensions',
    statement: 'The deeper the grammar of a query, the more dimensions it needs.',
    rule: `at every d of at most ${NARROW}, KL of free vectors rises from one atom of any kind (mean of its levels) to two and to three`,
    judge: ({ scores }) =>
      allOf(
        dimsOf(scores, 'floor')
          .filter((d) => d <= NARROW)
          .map((d): Judgement => {
            const one = ['exist', 'count', 'relation'] as const;
            const along = [
              meanOverSeeds(one.map((level) => floorAt(scores, level, d))),
              floorAt(scores, 'two atoms', d),
              floorAt(scores, 'three atoms', d),
            ];
            return holdsIf(
              along[0] < along[1] && along[1] < along[2],
              `d = ${d}: ${along.map(digits).join(', ')}`,
            );
          }),
      ),
  },
  {
    name: 'lists-of-three-are-easy',
    statement:
      'Lists of three scenes, which reach every set of three, need fewer dimensions than descriptions: 2 k suffice for sets of k.',
    rule: `KL of free vectors on lists below ${CLEAR} at the least d of at least 6`,
    judge: ({ scores }) => {
      const d = dimsOf(scores, 'floor').find((one) => one >= 6);
      if (d === undefined) return undecided('no such d');
      const kl = floorAt(scores, 'list', d);
      return holdsIf(kl < CLEAR, `d = ${d}: ${digits(kl)}`);
    },
  },
  {
    name: 'as-many-dimensions-as-scenes-suffice',
    statement: 'With as many dimensions as scenes every set is within reach.',
    rule: `KL of free vectors below ${ZERO} on every level at d = number of scenes`,
    judge: ({ scores, scenes }) => {
      if (!dimsOf(scores, 'floor').includes(scenes)) return undecided('no such d');
      const found = LEVELS.map((level) => floorAt(scores, level, scenes));
      return holdsIf(
        found.every((kl) => kl < ZERO),
        found.map(digits).join(', '),
      );
    },
  },
  {
    name: 'no-encoder-below-the-floor',
    statement:
      'No trained contrastive model is better than the best free vectors on the same queries.',
    rule: `mean KL over all levels of every training at least that of the free vectors of its d, less ${ZERO}`,
    judge: ({ scores }) =>
      allOf(
        trainings(scores, 'contrastive').map(({ d, seed, kl }): Judgement => {
          const floor = meanOverSeeds(LEVELS.map((level) => floorAt(scores, level, d)));
          return holdsIf(
            kl >= floor - ZERO,
            `d = ${d}, seed ${seed}: ${digits(kl)}, floor ${digits(floor)}`,
          );
        }),
      ),
  },
  {
    name: 'error-falls-with-d',
    statement: 'A contrastive model answers the better, the more dimensions it has.',
    rule: `mean KL over all levels rises as d falls, no step falls by more than ${TOLERANCE}`,
    judge: ({ scores }) => {
      const groups = dimsOf(scores, 'contrastive')
        .toReversed()
        .map((d) => groupOf(scores, 'contrastive', d));
      return judgeRising(groups, spreadOf(groups), 'KL', TOLERANCE);
    },
  },
  {
    name: 'half-size-beats-narrow-models',
    statement:
      'A model of half the layers that reads query and scene together beats narrow contrastive ones.',
    rule: `mean KL over all levels of the contrastive model at every d of at most ${NARROW} greater by more than ${TOLERANCE}`,
    judge: ({ scores }) => {
      const half = groupOf(scores, 'half', 0);
      const dims = dimsOf(scores, 'contrastive');
      if (half.values.length === 0) return undecided('not trained here');
      const groups = [half, ...dims.map((d) => groupOf(scores, 'contrastive', d))];
      return allOf(
        dims
          .filter((d) => d <= NARROW)
          .map((d) => {
            const narrow = groupOf(scores, 'contrastive', d);
            return judgeGreater(narrow, half, spreadOf(groups), 'KL', TOLERANCE);
          }),
      );
    },
  },
];

function rowAt(subsets: readonly SubsetRow[], atoms: string, depth: number): SubsetRow | undefined {
  return subsets.find((row) => row.atoms === atoms && row.depth === depth);
}

/** Numbers per vector, ascending. */
export function dimsOf(scores: readonly ScoreRow[], model: ScoreRow['model']): readonly number[] {
  const own = scores.filter((row) => row.model === model);
  return [...new Set(own.map(({ d }) => d))].sort((a, b) => a - b);
}

function floorAt(scores: readonly ScoreRow[], level: Level, d: number): number {
  const own = scores.filter((row) => row.model === 'floor' && row.level === level && row.d === d);
  return Math.min(...own.map(({ kl }) => kl));
}

interface Training {
  readonly d: number;
  readonly seed: number;
  /** Mean over the levels. */
  readonly kl: number;
}

function trainings(scores: readonly ScoreRow[], model: ScoreRow['model']): readonly Training[] {
  const own = scores.filter((row) => row.model === model);
  return dimsOf(scores, model).flatMap((d) =>
    [...new Set(own.map(({ seed }) => seed))].map((seed) => {
      const rows = own.filter((row) => row.d === d && row.seed === seed);
      return { d, seed, kl: meanOverSeeds(rows.map(({ kl }) => kl)) };
    }),
  );
}

function groupOf(scores: readonly ScoreRow[], model: ScoreRow['model'], d: number): Group {
  const own = trainings(scores, model).filter((one) => one.d === d);
  return { name: d > 0 ? `d = ${d}` : 'half size', values: own.map(({ kl }) => kl) };
}

function spreadOf(groups: readonly Group[]) {
  return spreadWithin(groups.map(({ values }) => values));
}
