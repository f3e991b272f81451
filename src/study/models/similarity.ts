import type { Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import type { ParameterSpecs } from './parameters.ts';

/**
 * The score of a query and a key vector. `dot`: q · k, as published. `cosine`: their cosine, in
 * [-1, 1]. `scaled-cosine`: their cosine times exp(t) with one trained t, the inverse temperature of
 * CLIP (arXiv 2103.00020), which starts at 1 / 0.07.
 */
export type Similarity = 'dot' | 'cosine' | 'scaled-cosine';

const LOG_SCALE = 'score.logScale';
const FIRST_LOG_SCALE = Math.log(1 / 0.07);
/** Keeps a vector of zeros from a division by zero. */
const NORM_EPSILON = 1e-12;

/** Parameters of a similarity besides the vectors. */
export function similarityParameters(similarity: Similarity): ParameterSpecs {
  if (similarity !== 'scaled-cosine') return {};
  const start = { kind: 'given', values: () => Float32Array.of(FIRST_LOG_SCALE) } as const;
  return { [LOG_SCALE]: { shape: [], start } };
}

/** Scores of every query against every key. // q [B, d], k [K, d] -> [B, K] */
export function similarityScores(
  p: NamedTensors,
  similarity: Similarity,
  q: Tensor2D,
  k: Tensor2D,
): Tensor2D {
  if (similarity === 'dot') return tf.matMul(q, k, false, true);
  const cosines = tf.matMul(unit(q), unit(k), false, true) as Tensor2D;
  if (similarity === 'cosine') return cosines;
  return tf.mul(cosines, tf.exp(p[LOG_SCALE]));
}

/** Rows scaled to length 1. */
function unit(rows: Tensor2D): Tensor2D {
  const squares = tf.sum(tf.square(rows), 1, true);
  return tf.div(rows, tf.sqrt(tf.add(squares, NORM_EPSILON)));
}
