import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { allCaptions, textOf } from '../../../src/studies/cubes/captions.ts';
import { lengthOf, tokenizerFile, tokensOf } from '../../../src/studies/cubes/words.ts';

test('tokens are those that Hugging Face’s tokenizer makes of the text with the exported file', () => {
  const tokenizer = new Tokenizer(tokenizerFile(), {});
  const captions = allCaptions([2, 3, 4]);
  for (const caption of captions.filter((_, i) => i % 17 === 0)) {
    const { ids } = tokenizer.encode(textOf(caption));
    expect(ids).toHaveLength(lengthOf(caption.colours.length));
    expect([...tokensOf(caption, 23)]).toEqual([...ids, ...Array(23 - ids.length).fill(0)]);
  }
});
