// Three ways to score pictures against captions, of the same parts: a transformer over the patches of a
// picture, one over the words of a caption.
//
//   clip   cosine of one vector of d numbers each, times a trained scale (arXiv 2103.00020)
//   late   one vector of d numbers per patch and word; every word takes the patch that fits it best, and
//          the mean over the words counts (MaxSim: ColBERT, arXiv 2004.12832; FILIP, arXiv 2111.07783)
//   cross  one transformer over patches and words together, with a nonlinear head: no vectors between
//
// B pictures and captions, P patches, T words, w numbers per row, d numbers per vector.
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { meanOfTokens } from '../../study/models/last-layer.ts';
import { linear, linearParameters } from '../../study/models/linear.ts';
import { linearOfNormalised } from '../../study/models/norm.ts';
import type { ParameterSpecs } from '../../study/models/parameters.ts';
import {
  encodeRows,
  type LayerConfiguration,
  named,
  rowParameters,
  within,
} from '../../study/models/rows.ts';
import { similarityParameters, similarityScores } from '../../study/models/similarity.ts';
import { WORDS } from './words.ts';

export const MODELS = ['clip', 'late', 'cross'] as const;

export interface CubesModel {
  readonly model: (typeof MODELS)[number];
  /** Numbers per vector; 0 for `cross`, which has none. */
  readonly d: number;
  /** Of a tower of `clip` and `late`, and of the one transformer of `cross`. */
  readonly encoder: LayerConfiguration;
  /** Pixels of a picture's edge, and of a patch's. */
  readonly size: number;
  readonly patch: number;
  /** T */
  readonly words: number;
}

/** Standard deviation of vectors of places, beside rows of about 1. */
const POSITION_STD = 0.5;
const HIDDEN = -1e9;

export function cubesParameters(model: CubesModel): ParameterSpecs {
  const { encoder, d, words, size, patch } = model;
  const w = encoder.width;
  const places = (count: number) =>
    ({ shape: [count, w], start: { kind: 'normal', std: POSITION_STD } }) as const;
  const picture = {
    ...linearParameters('patches', 3 * patch ** 2, w),
    places: places((size / patch) ** 2),
  };
  const caption = {
    words: { shape: [WORDS.length, w], start: { kind: 'normal', std: 1 } },
    places: places(words),
  } as const;
  const inputs = { ...named('picture.', picture), ...named('caption.', caption) };
  if (model.model === 'cross') {
    return {
      ...inputs,
      ...named('both.', rowParameters(encoder)),
      ...linearParameters('head.in', w, w),
      ...linearParameters('head.out', w, 1),
    };
  }
  const tower = { ...rowParameters(encoder), ...linearParameters('projection', w, d) };
  return {
    ...inputs,
    ...named('picture.', tower),
    ...named('caption.', tower),
    ...similarityParameters('scaled-cosine'),
  };
}

/**
 * Scores of every picture against every caption of its group, groups of B / G as they follow one
 * another. // pictures [B, 3, size, size], captions [B, T] int32 -> [G, B / G, B / G]
 */
export function groupScores(
  p: NamedTensors,
  model: CubesModel,
  pictures: Tensor4D,
  captions: Tensor2D,
  G: number,
): Tensor3D {
  if (model.model === 'cross') return crossScores(p, model, pictures, captions, G);
  const B = captions.shape[0];
  if (G !== 1) throw new RangeError(`${model.model} scores all ${B} pairs at once`);
  const scores = model.model === 'clip' ? clipScores : lateScores;
  return tf.reshape(scores(p, model, pictures, captions), [1, B, B]);
}

/** The picture's vector, not yet of length 1. // [B, d] */
export function pictureVectors(p: NamedTensors, model: CubesModel, pictures: Tensor4D): Tensor2D {
  const own = within(p, 'picture.');
  const [B, P] = [pictures.shape[0], (model.size / model.patch) ** 2];
  const rows = encodeRows(own, model.encoder, patchRows(own, model, pictures), B);
  return linearOfNormalised(own, 'projection', meanOfTokens(inExamples(rows, P), undefined));
}

/** The caption's vector, not yet of length 1. // [B, d] */
export function captionVectors(p: NamedTensors, model: CubesModel, captions: Tensor2D): Tensor2D {
  const own = within(p, 'caption.');
  const [B, T] = captions.shape;
  const present = isWord(captions);
  const rows = encodeRows(own, model.encoder, wordRows(own, captions), B, hidden(present));
  return linearOfNormalised(own, 'projection', meanOfTokens(inExamples(rows, T), present));
}

function clipScores(
  p: NamedTensors,
  model: CubesModel,
  pictures: Tensor4D,
  captions: Tensor2D,
): Tensor2D {
  const vectors = captionVectors(p, model, captions);
  return similarityScores(p, 'scaled-cosine', pictureVectors(p, model, pictures), vectors);
}

/** // [B, B] */
function lateScores(
  p: NamedTensors,
  model: CubesModel,
  pictures: Tensor4D,
  captions: Tensor2D,
): Tensor2D {
  const { encoder } = model;
  const [picture, caption] = [within(p, 'picture.'), within(p, 'caption.')];
  const [B, T] = captions.shape;
  const present = isWord(captions);
  const patches = encodeRows(picture, encoder, patchRows(picture, model, pictures), B);
  const words = encodeRows(caption, encoder, wordRows(caption, captions), B, hidden(present));
  const ofWords = linearOfNormalised(caption, 'projection', words); // [B * T, d]
  const ofPatches = linearOfNormalised(picture, 'projection', patches); // [B * P, d]
  const pairs = similarityScores(p, 'scaled-cosine', ofWords, ofPatches); // [B * T, B * P]
  const best = tf.max(tf.reshape(pairs, [B, T, B, -1]), 3) as Tensor3D; // [captions, T, pictures]
  return tf.transpose(meanOfTokens(best, present)); // [pictures, captions]
}

/** Every pair through all layers. */
function crossScores(
  p: NamedTensors,
  model: CubesModel,
  pictures: Tensor4D,
  captions: Tensor2D,
  G: number,
): Tensor3D {
  const w = model.encoder.width;
  const [B, T] = captions.shape;
  const [P, n] = [(model.size / model.patch) ** 2, B / G];
  const pairs = G * n * n;
  const present = isWord(captions);
  // Adding zeros repeats rows at less cost than tf.tile, whose gradient is a sum of slices.
  const zeros = tf.zeros([G, n, n, 1, 1]);
  const ofPictures = tf.reshape(patchRows(within(p, 'picture.'), model, pictures), [G, n, 1, P, w]);
  const ofCaptions = tf.reshape(wordRows(within(p, 'caption.'), captions), [G, 1, n, T, w]);
  const rows = tf.concat([tf.add(ofPictures, zeros), tf.add(ofCaptions, zeros)], 3); // [G, n, n, P + T, w]
  const seen = tf.add(tf.reshape(present, [G, 1, n, T]), tf.zeros([G, n, n, 1])); // [G, n, n, T]
  const all = tf.concat([tf.ones([pairs, P]), tf.reshape(seen, [pairs, T])], 1) as Tensor2D;
  const x = tf.reshape(rows, [pairs * (P + T), w]) as Tensor2D;
  const encoded = encodeRows(within(p, 'both.'), model.encoder, x, pairs, hidden(all));
  const mean = meanOfTokens(inExamples(encoded, P + T), all);
  const score = linear(p, 'head.out', tf.relu(linearOfNormalised(p, 'head.in', mean)));
  return tf.reshape(score, [G, n, n]);
}

/** // [B, 3, size, size] -> [B * P, w] */
function patchRows(
  p: NamedTensors,
  { size, patch, encoder }: CubesModel,
  pictures: Tensor4D,
): Tensor2D {
  const B = pictures.shape[0];
  const n = size / patch;
  const cut = tf.reshape(pictures as Tensor, [B * 3, n, patch, n, patch]);
  const apart = tf.reshape(tf.transpose(cut, [0, 1, 3, 2, 4]), [B, 3, n * n, patch * patch]);
  const patches = tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [B * n * n, 3 * patch * patch]);
  const rows = linear(p, 'patches', patches as Tensor2D);
  const placed = tf.add(tf.reshape(rows, [B, n * n, encoder.width]), p.places);
  return tf.reshape(placed, [B * n * n, encoder.width]);
}

/** // [B, T] -> [B * T, w] */
function wordRows(p: NamedTensors, captions: Tensor2D): Tensor2D {
  const [B, T] = captions.shape;
  const rows = tf.add(tf.gather(p.words, captions), p.places); // [B, T, w]
  return tf.reshape(rows, [B * T, rows.shape[2] ?? 0]);
}

/** 1 for a word, 0 for padding. // [B, T] */
function isWord(captions: Tensor2D): Tensor2D {
  return tf.cast(tf.greater(captions, 0), 'float32');
}

/** Takes padding out of attention. // [B, T] -> [B, 1, 1, T] */
function hidden(present: Tensor2D): Tensor4D {
  const [B, T] = present.shape;
  return tf.reshape(tf.mul(tf.sub(1, present), HIDDEN), [B, 1, 1, T]);
}

/** // [B * T, w] -> [B, T, w] */
function inExamples(rows: Tensor2D, T: number): Tensor3D {
  return tf.reshape(rows, [-1, T, rows.shape[1]]);
}
