import { type Caption, COLOURS, textOf } from './captions.ts';

/** The words that the model knows; the number is their token. */
export const WORDS = [
  '[pad]',
  '[unknown]',
  '[start]',
  '[end]',
  'a',
  'cube',
  'on',
  'top',
  'of',
  ...COLOURS,
] as const;

const [PAD, UNKNOWN, START, END] = [0, 1, 2, 3];

/** Tokens of the captions of at most `n` cubes: three words a cube, three between two, and the marks. */
export function lengthOf(n: number): number {
  return 6 * n - 1;
}

/** Tokens of a caption, padded to a length. // [length] */
export function tokensOf(caption: Caption, length: number): Int32Array {
  const tokens = new Int32Array(length).fill(PAD);
  const words = textOf(caption).split(' ');
  tokens.set([START, ...words.map((word) => WORDS.indexOf(word as never)), END]);
  return tokens;
}

/** The words as a file `tokenizer.json` of Hugging Face's tokenizers: whole words, marks at both ends. */
export function tokenizerFile(): object {
  const marks = [PAD, UNKNOWN, START, END];
  const special = (id: number) => ({ id: WORDS[id], ids: [id], tokens: [WORDS[id]] });
  const mark = (id: number) => ({ SpecialToken: { id: WORDS[id], type_id: 0 } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: marks.map((id) => ({
      id,
      content: WORDS[id],
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [mark(START), { Sequence: { id: 'A', type_id: 0 } }, mark(END)],
      pair: [],
      special_tokens: { [WORDS[START]]: special(START), [WORDS[END]]: special(END) },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: WORDS[UNKNOWN],
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(WORDS.map((word, token) => [word, token])),
    },
  };
}
