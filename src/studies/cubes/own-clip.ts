import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { type OnnxFile, type OnnxInput, openOnnx } from '../../engine/onnx/open-file.ts';
import { renderPixels } from '../../plots/pixels.ts';
import type { BlockScores } from './blocks.ts';
import { allCaptions, blocksOf, type Caption, heldOutOf, textOf } from './captions.ts';
import { sceneOf } from './pictures.ts';
import { sceneSvg } from './scene.ts';

/** Files of a CLIP: two encoders, and the tokenizer of its texts. */
interface ClipFiles {
  /** ONNX: `pixel_values` [1, 3, height, width] to `image_embeds` [1, d]. */
  readonly image: string;
  /** ONNX: `input_ids` [1, T], and `attention_mask` if it has one, to `text_embeds` [1, d]. */
  readonly text: string;
  /** `tokenizer.json` of Hugging Face. */
  readonly tokenizer: string;
}

interface ClipSettings {
  /** Of red, green and blue between 0 and 1, as the model was trained with. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Edge of a picture in pixels where the file leaves it open. */
  readonly size: number;
  /** Token that fills a text up where the file fixes a length. */
  readonly pad: number;
  /** What cosines are multiplied with: the inverse temperature. */
  readonly scale: number;
}

interface ClipTest {
  readonly heights: readonly number[];
  readonly heldOut: number;
  /** Pictures per caption. */
  readonly views: number;
  readonly seed: number;
}

/** Scores of a CLIP's files on blocks of stacked cubes: cosines times the scale. */
export async function scoreOwnClip(
  files: ClipFiles,
  settings: ClipSettings,
  { heights, heldOut, views, seed }: ClipTest,
  signal: AbortSignal,
): Promise<readonly BlockScores[]> {
  const clip = await openClip(files, settings);
  try {
    const all = allCaptions(heights);
    const left = heldOutOf(all, heldOut, seed);
    const captions = all.map((caption) => ({ ...caption, isHeldOut: left.has(caption) }));
    const scored: BlockScores[] = [];
    for (const block of blocksOf(captions).values()) {
      const texts: Float32Array[] = [];
      for (const caption of block) texts.push(await clip.ofText(textOf(caption)));
      for (let view = 0; view < views; view++) {
        const scores: number[] = [];
        for (const caption of block) {
          signal.throwIfAborted();
          const picture = await clip.ofPicture(caption, view, seed);
          scores.push(...texts.map((text) => settings.scale * dot(picture, text)));
        }
        scored.push({ captions: block, scores });
      }
    }
    return scored;
  } finally {
    await clip.dispose();
  }
}

interface Clip {
  /** Of length 1. // [d] */
  ofText(text: string): Promise<Float32Array>;
  ofPicture(caption: Caption, view: number, seed: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @throws Error naming the file that is not as `ClipFiles` says */
async function openClip(files: ClipFiles, settings: ClipSettings): Promise<Clip> {
  const tokenizer = openTokenizer(files.tokenizer);
  const image = await openOnnx(files.image);
  const text = await openOnnx(files.text);
  const pixels = inputOf(image, 'pixel_values', 4);
  const tokens = inputOf(text, 'input_ids', 2);
  const mask = text.inputs.find(({ name }) => name === 'attention_mask');
  const [ofImage, ofText] = [outputOf(image, 'image_embeds'), outputOf(text, 'text_embeds')];
  const size = pixels.shape[2] ?? settings.size;
  if ((pixels.shape[3] ?? size) !== size) {
    throw new Error(`${files.image}: '${pixels.name}' must be as wide as high`);
  }
  return {
    async ofText(sentence) {
      const { ids } = tokenizer.encode(sentence);
      const T = tokens.shape[1] ?? ids.length;
      if (ids.length > T) {
        throw new Error(`${files.text} takes ${T} tokens, but "${sentence}" has ${ids.length}`);
      }
      const values = new Int32Array(T).fill(settings.pad);
      values.set(ids);
      const present = values.map((_, i) => (i < ids.length ? 1 : 0));
      const given = {
        [tokens.name]: { values, shape: [1, T] },
        ...(mask === undefined ? {} : { [mask.name]: { values: present, shape: [1, T] } }),
      };
      return unit(await text.run(given, ofText), files.text);
    },
    async ofPicture(caption, view, seed) {
      const planes = renderPixels(sceneSvg(sceneOf('test', caption, view, seed), size));
      const values = Float32Array.from(planes, (value, i) => {
        const plane = Math.floor(i / size ** 2);
        return (value / 255 - settings.mean[plane]) / settings.std[plane];
      });
      const given = { [pixels.name]: { values, shape: [1, 3, size, size] } };
      return unit(await image.run(given, ofImage), files.image);
    },
    async dispose() {
      await image.dispose();
      await text.dispose();
    },
  };
}

function openTokenizer(path: string): Tokenizer {
  try {
    return new Tokenizer(JSON.parse(readFileSync(path, 'utf8')), {});
  } catch (cause) {
    throw new Error(
      `${path} is no tokenizer.json of Hugging Face: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** The input with a name, or the only one. */
function inputOf({ path, inputs }: OnnxFile, name: string, rank: number): OnnxInput {
  const found =
    inputs.find((input) => input.name === name) ?? (inputs.length === 1 ? inputs[0] : undefined);
  const names = inputs.map((input) => `'${input.name}'`).join(', ');
  if (found === undefined) throw new Error(`${path} has no input '${name}', but ${names}`);
  if (found.shape.length !== rank || (found.shape[0] ?? 1) !== 1) {
    const shape = found.shape.map((one) => one ?? '?').join(', ');
    throw new Error(
      `${path}: input '${found.name}' is [${shape}], but must have ${rank} dimensions, the first of them 1 or open: export it for a batch of one`,
    );
  }
  return found;
}

function outputOf({ path, outputs }: OnnxFile, name: string): string {
  if (outputs.includes(name)) return name;
  if (outputs.length === 1) return outputs[0];
  throw new Error(`${path} has no output '${name}', but ${outputs.join(', ')}`);
}

function unit(vector: Float32Array, path: string): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 0 && Number.isFinite(length))) {
    throw new Error(`${path} gave a vector of length ${length}`);
  }
  return vector.map((one) => one / length);
}

/** @throws Error if the vectors differ in length */
function dot(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new Error(`the image vectors have ${a.length} numbers and the text vectors ${b.length}`);
  }
  return a.reduce((sum, one, i) => sum + one * b[i], 0);
}
