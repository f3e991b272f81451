import { stream } from '../../random/streams.ts';
import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import type { SequenceModel } from '../encoder-decoder.ts';
import { initialParameters, nextTokensStep, trainModel } from '../encoder-decoder-training.ts';
import { answerGreedily } from '../greedy.ts';
import { batchOf, type TokenPair } from '../token-rows.ts';
import { attentionRows, attentionStep, exampleOf } from './attention.ts';
import { corpusBleu, sentenceBleu } from './bleu.ts';
import { joinUnits } from './byte-pairs.ts';
import type { AttentionRow, PairRow, PointRow, Split, TranslationRow, UnitRow } from './tables.ts';
import { shapeOf, tokenPair, type Vocabulary, vocabularyOf } from './vocabulary.ts';

interface TranslationTask {
  readonly pairs: readonly PairRow[];
  readonly units: readonly UnitRow[];
  readonly model: Omit<SequenceModel, 'shape'>;
  readonly batch: number;
  readonly schedule: RateSchedule;
  /** Steps between evaluations. */
  readonly every: number;
  readonly seed: number;
  readonly backend?: TrainingBackend;
}

interface Learned {
  readonly points: readonly PointRow[];
  readonly translations: readonly TranslationRow[];
  readonly attention: readonly AttentionRow[];
}

/** Overfits a model on the training pairs, and translates both parts along the way. */
export async function learn(
  task: TranslationTask,
  { signal, onPoint }: { signal?: AbortSignal; onPoint?: (point: PointRow) => void } = {},
): Promise<Learned> {
  const { pairs, batch, seed } = task;
  const vocabulary = vocabularyOf(task.units.map(({ unit }) => unit));
  const tokens = pairs.map((pair) => tokenPair(pair, vocabulary));
  const shape = shapeOf(tokens, vocabulary);
  const model = { ...task.model, shape };
  const training = tokens.filter((_, i) => pairs[i].split === 'train');
  const initial = initialParameters(model, seed);
  const compile = compileOn(task.backend);
  const decoding = await compile(nextTokensStep(model, batch, initial));
  const example = exampleOf(pairs);
  const reading = await compile(attentionStep(model, initial));
  const points: PointRow[] = [];
  let last: Omit<Learned, 'points'> = { translations: [], attention: [] };
  try {
    await trainModel(
      { ...task, task: 'sentence pairs', model },
      (step) => batchOf(drawPairs(training, batch, seed, step), shape),
      async ({ step, loss, parameters }) => {
        await decoding.writeState(parameters);
        const said = await answerGreedily(
          async (rows) => (await decoding.run(rows)).next,
          tokens,
          shape,
          batch,
        );
        const translations = said.map((row, i) => translationRow(pairs[i], row, vocabulary));
        const point = { step, loss, ...scores(translations) };
        points.push(point);
        onPoint?.(point);
        if (step < task.schedule.steps) return;
        await reading.writeState(parameters);
        const { source, previous } = batchOf([tokens[example]], shape);
        const { weights } = await reading.run({ source, previous });
        last = { translations, attention: attentionRows(pairs[example], weights, shape.source) };
      },
      signal,
    );
  } finally {
    await decoding.dispose();
    await reading.dispose();
  }
  return { points, ...last };
}

/** Pairs of a step: every epoch in an order of its own, steps one after another. */
export function drawPairs(
  pairs: readonly TokenPair[],
  size: number,
  seed: number,
  step: number,
): readonly TokenPair[] {
  const orders = new Map<number, readonly number[]>();
  return Array.from({ length: size }, (_, i) => {
    const at = step * size + i;
    const epoch = Math.floor(at / pairs.length);
    let order = orders.get(epoch);
    if (order === undefined) {
      const shuffled = pairs.map((_, pair) => pair);
      stream(seed, 'translation', 'epoch', epoch).shuffle(shuffled);
      order = shuffled;
      orders.set(epoch, order);
    }
    return pairs[order[at % pairs.length]];
  });
}

function translationRow(
  { split, french, english }: PairRow,
  said: readonly number[],
  vocabulary: Vocabulary,
): TranslationRow {
  const reference = joinUnits(english.split(' '));
  const translation = joinUnits(vocabulary.unitsOf(said));
  return {
    split,
    french: joinUnits(french.split(' ')).join(' '),
    reference: reference.join(' '),
    translation: translation.join(' '),
    bleu: sentenceBleu({ translation, reference }),
  };
}

function scores(
  translations: readonly TranslationRow[],
): Pick<PointRow, 'exactMatch' | 'trainBleu' | 'heldOutBleu'> {
  const part = (split: Split) => translations.filter((row) => row.split === split);
  const bleuOf = (split: Split) =>
    corpusBleu(
      part(split).map(({ translation, reference }) => ({
        translation: translation.split(' '),
        reference: reference.split(' '),
      })),
    );
  const exact = part('train').filter(({ translation, reference }) => translation === reference);
  return {
    exactMatch: exact.length / part('train').length,
    trainBleu: bleuOf('train'),
    heldOutBleu: bleuOf('val'),
  };
}
