import type { Tensor2D } from '@tensorflow/tfjs';
import type { NamedTensors } from '../../engine/index.ts';
import type { ModelConfiguration } from './configuration.ts';
import { contrastiveParameters, contrastiveScores } from './contrastive.ts';
import { noncontrastiveParameters, noncontrastiveScores } from './noncontrastive.ts';
import type { ParameterSpecs } from './parameters.ts';
import type { QueryTensors } from './queries.ts';

/** Names, shapes and initial distributions of a model's parameters. */
export function modelParameters(config: ModelConfiguration): ParameterSpecs {
  return config.model === 'contrastive'
    ? contrastiveParameters(config)
    : noncontrastiveParameters(config);
}

/** Scores of all keys of the deck for a batch of queries. // [B, K] */
export function keyScores(
  p: NamedTensors,
  config: ModelConfiguration,
  queries: QueryTensors,
): Tensor2D {
  return config.model === 'contrastive'
    ? contrastiveScores(p, config, queries)
    : noncontrastiveScores(p, config, queries);
}
