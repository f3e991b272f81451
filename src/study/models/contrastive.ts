import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import type { ModelConfiguration } from './configuration.ts';
import { type EmbeddedQueries, embed } from './embedding.ts';
import { slicedQueries } from './fast/slices.ts';
import { linearParameters } from './linear.ts';
import { linearOfNormalised } from './norm.ts';
import type { ParameterSpecs } from './parameters.ts';
import { allProjections } from './projections.ts';
import type { QueryTensors } from './queries.ts';
import { similarityParameters, similarityScores } from './similarity.ts';

import { encode, encoderParameters } from './transformer.ts';

/**
 * The contrastive model (a dual encoder): queries through the transformer and a projection to d
 * numbers, keys looked up in a table of d numbers each; the score of a query and a key is their
 * plain dot product, unless the configuration names another similarity.
 */
export function contrastiveParameters(config: ModelConfiguration): ParameterSpecs {
  const { encoder, keys, keyScale } = config;
  const d = dimensionOf(config);
  return {
    ...encoderParameters(config, encoder.layers),
    ...linearParameters('projection', encoder.width, d),
    'keys.table': { shape: [keys, d], start: { kind: 'uniform', limit: keyScale / d } },
    ...similarityParameters(config.similarity ?? 'dot'),
  };
}

/** Query vectors. // [B, d] */
export function queryVectors(
  p: NamedTensors,
  { encoder }: ModelConfiguration,
  queries: QueryTensors,
): Tensor2D {
  const T = queries.tokens.shape[1];
  const projections = allProjections(p, encoder.layers);
  const encodedOf = (some: EmbeddedQueries) => encode(p, projections, encoder, some);
  const encoded = slicedQueries(embed(p, queries), encoder, T, encodedOf); // [B, w]
  return linearOfNormalised(p, 'projection', encoded);
}

/** Scores of all keys of the deck. // [B, K] */
export function contrastiveScores(
  p: NamedTensors,
  config: ModelConfiguration,
  queries: QueryTensors,
): Tensor2D {
  const q = queryVectors(p, config, queries); // [B, d]
  return similarityScores(p, config.similarity ?? 'dot', q, p['keys.table'] as Tensor2D);
}

/** Scores of a batch's queries against a batch's keys. // keys [B] int32 -> [B, B] */
export function batchScores(
  p: NamedTensors,
  config: ModelConfiguration,
  queries: QueryTensors,
  keys: Tensor1D,
): Tensor2D {
  const q = queryVectors(p, config, queries); // [B, d]
  const k = tf.gather(p['keys.table'], keys) as Tensor2D; // [B, d]
  return similarityScores(p, config.similarity ?? 'dot', q, k);
}

function dimensionOf({ dim }: ModelConfiguration): number {
  if (dim === undefined) throw new Error('a contrastive model needs a dimension');
  return dim;
}
