import type { NamedValues, StepDefinition } from '../../src/engine/index.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { vocabulary } from '../../src/study/deck/tokens.ts';
import { trainingQueries } from '../../src/study/games/sampling.ts';
import type { ModelConfiguration } from '../../src/study/models/configuration.ts';
import { queryFlops } from '../../src/study/models/cost.ts';
import { modelParameters } from '../../src/study/models/model.ts';
import { initialise, type Parameters, parameterCount } from '../../src/study/models/parameters.ts';
import { lengthOf } from '../../src/study/models/positions.ts';
import { queryValues } from '../../src/study/models/query-batch.ts';
import { type Batch, batchSource } from '../../src/study/training/batches.ts';
import { type StepConfiguration, trainingStep } from '../../src/study/training/step.ts';

/** Sizes of the measured training steps: two that a CPU can train, and the published one. */
export const SIZES = {
  S: { layers: 4, width: 64, heads: 4, feedForward: 256, batch: 256 },
  M: { layers: 4, width: 128, heads: 4, feedForward: 512, batch: 256 },
  L: { layers: 8, width: 512, heads: 8, feedForward: 1024, batch: 64 },
} as const;

export type Size = keyof typeof SIZES;
export type ModelKind = ModelConfiguration['model'];

const PAIRS = 5;
const DIM = 27;
const LEARNING_RATE = 1e-3;

/** A training step with everything that an engine needs to run it. */
export interface StepCase {
  readonly config: Size;
  readonly model: ModelKind;
  readonly step: StepConfiguration;
  readonly parameters: Parameters;
  /** Number of trained parameters. */
  readonly parameterCount: number;
  readonly batch: Batch;
  readonly learningRate: number;
  readonly definition: StepDefinition;
  readonly inputs: NamedValues;
  /** Floating-point operations of the products in one step of our models; a multiply-add counts two. */
  readonly flops: number;
}

/** Queries of five pairs over 27 cards (T = 16), the published objective, clipping and Adam. */
export function stepCase(config: Size, kind: ModelKind): StepCase {
  const { batch: size, ...encoder } = SIZES[config];
  const deck = deckOf(27);
  const model: ModelConfiguration = {
    model: kind,
    ...(kind === 'contrastive' ? { dim: DIM } : {}),
    keys: deck.keys,
    values: deck.values,
    layout: { kind: 'pairs', pairs: PAIRS },
    encoder: { ...encoder, pooling: 'mean' },
    keyScale: 5,
  };
  const queries = trainingQueries({ deck, game: 'union', pairs: PAIRS, seed: 1, count: 4096 });
  const { pad } = vocabulary(deck);
  const batch = batchSource(queries, model.layout, deck.keys, pad, size, 1).draw(0, PAIRS);
  const specs = modelParameters(model);
  const parameters = initialise(specs, 1);
  const step: StepConfiguration = { model, objective: 'sampled', batch: size, keyRate: 1 };
  return {
    config,
    model: kind,
    step,
    parameters,
    parameterCount: parameterCount(specs),
    batch,
    learningRate: LEARNING_RATE,
    definition: trainingStep(step, parameters, batch.length),
    inputs: {
      ...queryValues(batch),
      keys: batch.keys,
      learningRate: Float32Array.of(LEARNING_RATE),
    },
    flops: 3 * size * queryFlops(model, lengthOf(PAIRS)),
  };
}
