import { expect, test } from 'vitest';
import { TRANSLATION_CLAIMS } from '../../../src/studies/translation/claims.ts';
import type { PairRow, TranslationRun } from '../../../src/studies/translation/tables.ts';
import { verdicts } from '../verdicts.ts';

/** So many training pairs, and one held out whose two words are one new and one known. */
const pairsOf = (count: number, heldOut = 'n@@ e w known'): readonly PairRow[] => [
  ...Array.from({ length: count }, (): PairRow => {
    return { split: 'train', french: 'known n@@ o e w', english: 'known' };
  }),
  { split: 'val', french: heldOut, english: 'known' },
];

interface End {
  readonly exactMatch?: number;
  readonly trainBleu?: number;
  readonly heldOutBleu?: number;
  readonly step?: number;
}

const run = (seed: number, end: End = {}): TranslationRun => {
  const { exactMatch = 1, trainBleu = 1, heldOutBleu = 0.1, step = 4000 } = end;
  return {
    seed,
    points: [
      { step: step / 2, loss: 1, exactMatch: 0, trainBleu: 0.5 * trainBleu, heldOutBleu },
      { step, loss: 0.01, exactMatch, trainBleu, heldOutBleu },
    ],
    translations: [
      { split: 'val', french: 'known', reference: 'known', translation: '', bleu: 0.1 },
    ],
    attention: [],
  };
};
const judge = (end: End, pairs = pairsOf(1024)) =>
  verdicts(TRANSLATION_CLAIMS, { pairs, runs: [run(1, end), run(2, end)] });

test('each claim holds on what it says and fails on the opposite', () => {
  expect(Object.values(judge({}))).toEqual(Array(4).fill('holds'));
  const wrong = judge(
    { exactMatch: 0.999, trainBleu: 0.85, heldOutBleu: 0.5 },
    pairsOf(1024, 'q x'),
  );
  expect(Object.values(wrong)).toEqual(Array(4).fill('fails'));
});

test('too few pairs decide nothing', () => {
  expect(Object.values(judge({}, pairsOf(100)))).toEqual(Array(4).fill('undecided'));
});

test('a training that stops early fails in nothing, and one that is too long is not in time', () => {
  const early = judge({ exactMatch: 0.5, trainBleu: 0.6, step: 1000 });
  expect(early['training-set-exact']).toBe('undecided');
  expect(early['bleu-within-4000-steps']).toBe('undecided');
  expect(judge({ step: 1000 })['training-set-exact']).toBe('holds');
  expect(judge({ step: 5000 })['training-set-exact']).toBe('fails');
});
