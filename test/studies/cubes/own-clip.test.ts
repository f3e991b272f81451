import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveOnnx, tf } from '../../../src/engine/index.ts';
import { scoreBlocks } from '../../../src/studies/cubes/experiment.ts';
import { exportClip } from '../../../src/studies/cubes/export.ts';
import { cubesParameters } from '../../../src/studies/cubes/model.ts';
import { scoreOwnClip } from '../../../src/studies/cubes/own-clip.ts';
import { tokenizerFile } from '../../../src/studies/cubes/words.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { smallModel, smallPictures } from './small-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'clip-'));
const at = (name: string) => join(folder, name);
const files = { image: at('image.onnx'), text: at('text.onnx'), tokenizer: at('tokenizer.json') };
const half = [0.5, 0.5, 0.5];
const settings = { mean: half, std: half, size: 224, pad: 0, scale: 1 / 0.07 };
const { signal } = new AbortController();
const model = smallModel('clip');
const parameters = initialise(cubesParameters(model), 1);

beforeAll(async () => {
  await exportClip(model, parameters, files);
  writeFileSync(files.tokenizer, JSON.stringify(tokenizerFile()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const score = (others: Partial<typeof files>, pad = 0) =>
  scoreOwnClip(
    { ...files, ...others },
    { ...settings, pad },
    { heights: [2], heldOut: 0, views: 1, seed: 1 },
    signal,
  );

test('files of a CLIP score blocks as the model does that they were exported from', async () => {
  const found = await score({});
  const wanted = await scoreBlocks(model, parameters, smallPictures('test', [2], 1), signal);
  expect(found.map(({ captions }) => captions)).toEqual(wanted.map(({ captions }) => captions));
  found.forEach(({ scores }, block) => {
    Array.from(scores).forEach((one, i) => {
      expect(one).toBeCloseTo(wanted[block].scores[i], 3);
    });
  });
});

test('an encoder with an open size, 64-bit tokens and a mask is taken as it is', async () => {
  // Counts tokens, so that a caption of two cubes has the vector (11, 1).
  const text = at('masked.onnx');
  await saveOnnx(text, {
    inputs: {
      input_ids: { shape: [1, 77], dtype: 'int32' },
      attention_mask: { shape: [1, 77], dtype: 'int32' },
    },
    state: {},
    step: ({ input_ids, attention_mask }) => {
      const used = tf.cast(attention_mask, 'float32');
      const none = tf.mul(tf.cast(input_ids, 'float32'), tf.sub(1, used));
      return {
        outputs: {
          text_embeds: tf.stack([tf.sum(used), tf.add(tf.sum(none), 1)]).reshape([1, 2]) as Tensor,
        },
      };
    },
  });
  // The mean of red over 224 x 224 pixels, and one.
  const image = at('open.onnx');
  await saveOnnx(image, {
    inputs: { pixel_values: { shape: [null, 3, 224, 224], dtype: 'float32' } },
    state: {},
    step: ({ pixel_values }) => {
      const means = tf.mean(tf.slice(pixel_values, [0, 0, 0, 0], [-1, 1, 224, 224]), [1, 2, 3]);
      return { outputs: { image_embeds: tf.stack([means, tf.onesLike(means)], 1) } };
    },
  });
  const [{ scores }] = await score({ image, text });
  expect(Array.from(scores).every(Number.isFinite)).toBe(true);
  // All captions have as many tokens.
  expect(scores[0]).toBe(scores[1]);
});

test.each([
  ['image', 'no model', 'image.onnx is no ONNX model'],
  ['tokenizer', '{', 'tokenizer.json is no tokenizer.json of Hugging Face'],
  ['tokenizer', '{}', 'tokenizer.json is no tokenizer.json of Hugging Face'],
] as const)('a wrong %s is refused by its name', async (file, content, message) => {
  const path = at(`wrong-${files[file].slice(folder.length + 1)}`);
  writeFileSync(path, content);
  await expect(score({ [file]: path })).rejects.toThrow(message);
});

test('encoders whose inputs do not fit are refused', async () => {
  await expect(score({ text: files.image })).rejects.toThrow(
    "image.onnx: input 'pixel_values' is [1, 3, 16, 16], but must have 2 dimensions",
  );
  const text = at('narrow.onnx');
  const narrow = { ...model, d: 4 };
  await exportClip(narrow, initialise(cubesParameters(narrow), 1), { image: at('x.onnx'), text });
  await expect(score({ text })).rejects.toThrow(
    'the image vectors have 8 numbers and the text vectors 4',
  );
  const short = at('short.onnx');
  const words = { ...model, words: 9 };
  await exportClip(words, initialise(cubesParameters(words), 1), {
    image: at('x.onnx'),
    text: short,
  });
  await expect(score({ text: short })).rejects.toThrow(
    `${short} takes 9 tokens, but "a red cube on top of a green cube" has 11`,
  );
});
