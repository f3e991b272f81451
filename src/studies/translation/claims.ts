import { type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeEverySeed } from '../../claims/rules.ts';
import { joinUnits } from './byte-pairs.ts';
import { bleuOf, endOf } from './runs.ts';
import type { PairRow, Split, TranslationEvidence, TranslationRun } from './tables.ts';

/** As published: so many pairs, learned within 1 to 4 thousand steps, to more than this BLEU. */
const PUBLISHED = { pairs: 1024, mostSteps: 4000, bleu: 0.85 } as const;
/** Held-out BLEU over training BLEU below which nothing was learned of the language. */
const CARRIED_OVER = 0.5;
/** Largest share of units, and least share of words, that held-out sentences have for themselves. */
const NEW = { units: 0.01, words: 0.05 } as const;

export const TRANSLATION_CLAIMS: readonly Claim<TranslationEvidence>[] = [
  {
    name: 'training-set-exact',
    statement:
      'A transformer of 2 layers and 2 heads translates all of 1,024 training sentences exactly.',
    rule: `every training sentence is translated word for word after at most ${PUBLISHED.mostSteps} steps, for every seed`,
    judge: (evidence) =>
      judgeRuns(
        evidence,
        (run) => endOf(run).exactMatch === 1,
        (run) => `${digits(endOf(run).exactMatch)} exact`,
      ),
  },
  {
    name: 'bleu-within-4000-steps',
    statement: 'BLEU on the training sentences exceeds 0.85 within 1 to 4 thousand steps.',
    rule: `corpus BLEU of the training sentences is above ${PUBLISHED.bleu} at some evaluation in at most ${PUBLISHED.mostSteps} steps, for every seed`,
    judge: (evidence) =>
      judgeRuns(
        evidence,
        (run) => firstStep(run) !== undefined,
        (run) => {
          const step = firstStep(run);
          const end = `BLEU ${digits(endOf(run).trainBleu)}`;
          return step === undefined ? end : `${end}, above ${PUBLISHED.bleu} after ${step}`;
        },
      ),
  },
  {
    name: 'learned-by-heart',
    statement: 'What is overfitted is not translation: held-out sentences are hardly translated.',
    rule: `held-out corpus BLEU is below ${CARRIED_OVER} of that on training sentences, for every seed`,
    judge: (evidence) =>
      judgeRuns(
        evidence,
        (run) => endOf(run).heldOutBleu < CARRIED_OVER * endOf(run).trainBleu,
        (run) =>
          `BLEU ${digits(endOf(run).heldOutBleu)} held out (mean of sentences ${digits(mean(bleuOf(run, 'val')))}), ${digits(endOf(run).trainBleu)} trained on`,
      ),
  },
  {
    name: 'no-new-units',
    statement: 'Byte pairs spell the words that training never met: hardly a unit is new.',
    rule: `of held-out French at most ${NEW.units} of the units, and more than ${NEW.words} of the words, are in no training sentence`,
    judge: ({ pairs }) => {
      const words = shareNew(pairs, (text) => joinUnits(text.split(' ')));
      const units = shareNew(pairs, (text) => text.split(' '));
      if (Number.isNaN(words)) return undecided('no held-out sentences');
      const evidence = `new: ${digits(units)} of units, ${digits(words)} of words`;
      return isWhole(pairs)
        ? holdsIf(units <= NEW.units && words > NEW.words, evidence)
        : undecided(`${evidence}: the profile has fewer pairs`);
    },
  },
];

/** Judges every seed, if the training had as many pairs as the published one. */
function judgeRuns(
  { pairs, runs }: TranslationEvidence,
  passes: (run: TranslationRun) => boolean,
  describe: (run: TranslationRun) => string,
): Judgement {
  if (runs.length === 0) return undecided('no trainings');
  const evidence = runs
    .map((run) => `seed ${run.seed}: ${describe(run)}, ${endOf(run).step} steps`)
    .join('; ');
  if (!isWhole(pairs)) return undecided(`${evidence}: the profile has fewer pairs`);
  const inTime = runs.map((run) => passes(run) && endOf(run).step <= PUBLISHED.mostSteps);
  if (!inTime.every(Boolean) && runs.some((run) => endOf(run).step < PUBLISHED.mostSteps)) {
    return undecided(`${evidence}: the profile stops early`);
  }
  return judgeEverySeed(inTime, evidence);
}

function firstStep({ points }: TranslationRun): number | undefined {
  return points.find(({ trainBleu }) => trainBleu > PUBLISHED.bleu)?.step;
}

function isWhole(pairs: readonly PairRow[]): boolean {
  return pairs.filter(({ split }) => split === 'train').length >= PUBLISHED.pairs;
}

/** Share of what held-out French is made of that is in no training sentence of either language. */
function shareNew(pairs: readonly PairRow[], partsOf: (text: string) => readonly string[]): number {
  const ofSplit = (wanted: Split) => pairs.filter(({ split }) => split === wanted);
  const known = new Set(
    ofSplit('train').flatMap(({ french, english }) => [...partsOf(french), ...partsOf(english)]),
  );
  const parts = ofSplit('val').flatMap(({ french }) => partsOf(french));
  return parts.filter((part) => !known.has(part)).length / parts.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
