// Two ways to score scenes for a query. Scenes are learnt vectors, one each; queries are read word by word.
//
//   contrastive  a transformer and a projection make the query's vector of d numbers; the score of a scene is
//                the dot product with its vector
//   half         half the layers, over the words and one row per scene together, in which words see words, and
//                a scene's row the words and itself; a nonlinear head makes each scene's row its score
//
// B queries of T words, K scenes, w numbers per row, d numbers per vector.
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { meanOfTokens } from '../../study/models/last-layer.ts';
import { linear, linearParameters } from '../../study/models/linear.ts';
import { linearOfNormalised } from '../../study/models/norm.ts';
import type { ParameterSpecs } from '../../study/models/parameters.ts';
import { encodeRows, type LayerConfiguration, rowParameters } from '../../study/models/rows.ts';

export interface ScenesModel {
  /** Numbers per vector; 0 for the model of half the size, which has none. */
  readonly d: number;
  /** Of the contrastive model; the other one has half the layers. */
  readonly encoder: LayerConfiguration;
  /** K */
  readonly scenes: number;
  /** Words that there are, the pad included. */
  readonly vocabulary: number;
  /** T */
  readonly length: number;
}

/** Scenes' vectors start uniform in ± this over d. */
const KEY_SCALE = 5;
/** Standard deviation of vectors of places, beside rows of about 1. */
const POSITION_STD = 0.5;
const UNSEEN = -1e9;

function layersOf({ d, encoder }: ScenesModel): LayerConfiguration {
  return d > 0 ? encoder : { ...encoder, layers: Math.max(1, Math.round(encoder.layers / 2)) };
}

export function scenesParameters(model: ScenesModel): ParameterSpecs {
  const { d, encoder, scenes, vocabulary, length } = model;
  const w = encoder.width;
  const rows = (count: number, std: number) =>
    ({ shape: [count, w], start: { kind: 'normal', std } }) as const;
  return {
    words: rows(vocabulary, 1),
    places: rows(length, POSITION_STD),
    ...rowParameters(layersOf(model)),
    ...(d > 0
      ? {
          ...linearParameters('projection', w, d),
          scenes: { shape: [scenes, d], start: { kind: 'uniform', limit: KEY_SCALE / d } as const },
        }
      : {
          scenes: rows(scenes, 1),
          ...linearParameters('head.in', w, w),
          ...linearParameters('head.out', w, 1),
        }),
  };
}

/** Scores of all scenes. // tokens [B, T] int32 -> [B, K] */
export function sceneScores(p: NamedTensors, model: ScenesModel, tokens: Tensor2D): Tensor2D {
  const [B, T] = tokens.shape;
  const present = tf.cast(tf.greater(tokens, 0), 'float32') as Tensor2D;
  const words = tf.add(tf.gather(p.words, tokens), p.places) as Tensor3D; // [B, T, w]
  return model.d > 0
    ? contrastiveScores(p, model, words, present)
    : halfScores(p, model, words, present, B, T);
}

function contrastiveScores(
  p: NamedTensors,
  model: ScenesModel,
  words: Tensor3D,
  present: Tensor2D,
): Tensor2D {
  const [B, T, w] = words.shape;
  const bias = tf.reshape(tf.mul(tf.sub(1, present), UNSEEN), [B, 1, 1, T]) as Tensor4D;
  const x = tf.reshape(words, [B * T, w]) as Tensor2D;
  const rows = encodeRows(p, layersOf(model), x, B, bias);
  const mean = meanOfTokens(tf.reshape(rows, [B, T, w]), present);
  const vectors = linearOfNormalised(p, 'projection', mean); // [B, d]
  return tf.matMul(vectors, p.scenes as Tensor2D, false, true);
}

function halfScores(
  p: NamedTensors,
  model: ScenesModel,
  words: Tensor3D,
  present: Tensor2D,
  B: number,
  T: number,
): Tensor2D {
  const { scenes: K } = model;
  const w = model.encoder.width;
  const keys = tf.add(tf.reshape(p.scenes, [1, K, w]), tf.zeros([B, 1, 1])); // [B, K, w]
  const x = tf.reshape(tf.concat([words, keys], 1), [B * (T + K), w]) as Tensor2D;
  const isThere = tf.concat([present, tf.ones([B, K])], 1); // [B, T + K]
  const padding = tf.reshape(tf.mul(tf.sub(1, isThere), UNSEEN), [B, 1, 1, T + K]);
  const apart = tf.tensor4d(sightOf(T, K), [1, 1, T + K, T + K]);
  const rows = encodeRows(p, layersOf(model), x, B, tf.add(padding, apart) as Tensor4D);
  const all = tf.reshape(rows, [B, T + K, w]);
  const own = tf.reshape(tf.slice(all, [0, T, 0], [B, K, w]), [B * K, w]) as Tensor2D;
  const score = linear(p, 'head.out', tf.relu(linearOfNormalised(p, 'head.in', own)));
  return tf.reshape(score, [B, K]);
}

/** What rows do not see: words the scenes, and scenes one another. // [T + K, T + K] */
function sightOf(T: number, K: number): Float32Array {
  const n = T + K;
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return column < T || column === row ? 0 : UNSEEN;
  });
}
