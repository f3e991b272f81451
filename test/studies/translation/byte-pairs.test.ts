import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  allUnits,
  joinUnits,
  learnMerges,
  segmenter,
} from '../../../src/studies/translation/byte-pairs.ts';
import { readSentences } from '../../../src/studies/translation/sentences.ts';
import { fc } from '../../properties.ts';

/**
 * Recorded from subword-nmt 0.3.8 on the tokens of the training sentences: `learn-bpe -s 500`, and
 * `apply-bpe` on the first ten held-out pairs, French and English in turn.
 */
const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'subword-nmt.json'), 'utf8')) as {
  readonly merges: readonly string[];
  readonly heldOut: readonly string[];
};

const FILE = 'data/en-fr/en-fr.tsv';
const SENTENCES = readSentences(readFileSync(FILE, 'utf8'), FILE);
const TRAINING_WORDS = SENTENCES.filter(({ isHeldOut }) => !isHeldOut).flatMap(
  ({ french, english }) => [...french, ...english],
);
const merges = learnMerges(TRAINING_WORDS, 500);

test('merges are those of subword-nmt, in its order', () => {
  expect(merges.map(({ left, right }) => `${left} ${right}`)).toEqual(GOLDEN.merges);
});

test('text is split as by subword-nmt, and comes back', () => {
  const segment = segmenter(merges);
  const rows = SENTENCES.filter(({ isHeldOut }) => isHeldOut)
    .slice(0, 10)
    .flatMap(({ french, english }) => [french, english]);
  const units = rows.map((words) => words.flatMap(segment));
  expect(units.map((row) => row.join(' '))).toEqual(GOLDEN.heldOut);
  expect(units.map(joinUnits)).toEqual(rows);
});

test('the most frequent pair is merged first, and of equals the last in the alphabet', () => {
  const words = ['low', 'low', 'lot', 'lot', 'new'];
  expect(learnMerges(words, 10)).toEqual([
    { left: 'l', right: 'o' },
    { left: 'lo', right: 'w</w>' },
    { left: 'lo', right: 't</w>' },
  ]);
});

test('pairs that overlap are merged from the left', () => {
  const [first, ...others] = learnMerges(['aaaa', 'aaaa'], 3);
  expect(first).toEqual({ left: 'a', right: 'a' });
  expect(segmenter([first])('aaaaa')).toEqual(['aa@@', 'aa@@', 'a']);
  expect(segmenter([first, ...others])('aaaa')).toEqual(['aaaa']);
});

test('any word of known characters is split into known units, and comes back', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 8 });
  const sentence = fc.array(word, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sentence, sentence, fc.nat({ max: 12 }), (training, words, most) => {
      const learned = learnMerges(training, most);
      const units = words.flatMap(segmenter(learned));
      expect(joinUnits(units)).toEqual(words);
      expect(allUnits(learned, ['aébé'])).toEqual(expect.arrayContaining(units));
    }),
  );
});
