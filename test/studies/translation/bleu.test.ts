import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Compared, corpusBleu, sentenceBleu } from '../../../src/studies/translation/bleu.ts';
import { fc } from '../../properties.ts';

/** Recorded from sacrebleu 2.6.0: `BLEU(tokenize='none')`, of sentences with `effective_order=True`, over 100. */
const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'sacrebleu.json'), 'utf8')) as {
  readonly sentences: readonly { translation: string; reference: string; bleu: number }[];
  readonly corpora: readonly { from: number; to: number; bleu: number }[];
};

const words = (text: string) => text.split(' ').filter((word) => word !== '');
const SENTENCES = GOLDEN.sentences.map(({ translation, reference }): Compared => {
  return { translation: words(translation), reference: words(reference) };
});

test('BLEU of sentences is that of sacrebleu', () => {
  expect(SENTENCES.length).toBeGreaterThan(20);
  GOLDEN.sentences.forEach(({ bleu }, i) => {
    expect(sentenceBleu(SENTENCES[i])).toBeCloseTo(bleu, 12);
  });
});

test('BLEU of corpora is that of sacrebleu', () => {
  for (const { from, to, bleu } of GOLDEN.corpora) {
    expect(corpusBleu(SENTENCES.slice(from, to))).toBeCloseTo(bleu, 12);
  }
});

test('BLEU is 1 for the reference of four tokens or more, and below for anything else', () => {
  const token = fc.constantFrom('a', 'b', 'c', 'd');
  const sentence = fc.array(token, { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(sentence, sentence, (translation, reference) => {
      const isSame = translation.join() === reference.join();
      const score = corpusBleu([{ translation, reference }]);
      expect(corpusBleu([{ translation: reference, reference }])).toBeCloseTo(1, 12);
      expect(score).toBeGreaterThanOrEqual(0);
      if (!isSame && translation.length <= reference.length) expect(score).toBeLessThan(1);
    }),
  );
});
