import { expect, test } from 'vitest';
import { readSentences, tokensOf } from '../../../src/studies/translation/sentences.ts';

test('tokens are lower-cased words and single marks', () => {
  expect(tokensOf("L'Été 2.4 (voir ici).")).toEqual("l ' été 2 . 4 ( voir ici ) .".split(' '));
});

test('columns are found by name, and lines may end as on Windows', () => {
  const text = 'fr\tpage\ten\tsplit\r\nOui.\tp\tYes.\ttrain\r\nNon.\tp\tNo.\tval\r\n';
  expect(readSentences(text, 'pairs.tsv')).toEqual([
    { isHeldOut: false, french: ['oui', '.'], english: ['yes', '.'] },
    { isHeldOut: true, french: ['non', '.'], english: ['no', '.'] },
  ]);
});

test.each([
  ['split\ten\ntrain\tYes.', 'pairs.tsv:1: no column fr'],
  ['split\ten\tfr\ntest\tYes.\tOui.', "pairs.tsv:2: split is 'test', and can be train or val"],
  ['split\ten\tfr\ntrain\tYes.', 'pairs.tsv:2: a sentence is empty'],
  ['split\ten\tfr\ntrain\tYes.\tOui.', 'pairs.tsv: no line is of the split val'],
  ['split\ten\tfr\nval\tYes.\tOui.', 'pairs.tsv: no line is of the split train'],
])('a file that cannot be used is an error with its place', (text, message) => {
  expect(() => readSentences(text, 'pairs.tsv')).toThrow(message);
});
