import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  clipByGlobalNorm,
  either,
  globalNorm,
  muon,
  type NamedTensors,
  type Optimizer,
  type StepDefinition,
  storeTogether,
  type Together,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import type { ModelConfiguration } from '../models/configuration.ts';
import { batchScores } from '../models/contrastive.ts';
import { keyScores } from '../models/model.ts';
import type { Parameters } from '../models/parameters.ts';
import { type QueryTensors, querySpecs, queryTensors } from '../models/queries.ts';
import { crossEntropy, expectedInfoNce, sampledInfoNce } from './losses.ts';

/** One positive key per query as published (`sampled`), or its expectation (`expected`). */
export type Objective = 'sampled' | 'expected';

/**
 * `infonce`: cross-entropy over the keys of a query and over the queries of a key; `cross-entropy`: over the keys
 * alone. By default the former for contrastive models, the latter for others, as published.
 */
export const LOSSES = ['infonce', 'cross-entropy'] as const;
export type Loss = (typeof LOSSES)[number];

/** `adam` for all parameters, or `muon` for the encoder's matrices and Adam for the rest. */
type OptimizerName = 'adam' | 'muon';

/** What the compiled training step computes. */
export interface StepConfiguration {
  readonly model: ModelConfiguration;
  readonly objective: Objective;
  readonly loss?: Loss;
  /** B */
  readonly batch: number;
  /** Factor on the learning rate of the key table. */
  readonly keyRate: number;
  /** `adam` by default. */
  readonly optimizer?: OptimizerName;
}

/** Options of Adam. If the gradients, as one vector, are longer than `clipNorm`, they are scaled down to it. */
export const ADAM = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clipNorm: 1 } as const;

/** The keys' vectors, which may have a learning rate of their own. */
const KEYS = 'keys.table';

function isEncoderMatrix(name: string) {
  return /^layer\d+\..*\.weight$/.test(name);
}

/** How a step stores a model's parameters, and the optimizer that updates what is stored. */
interface Storage extends Together {
  readonly optimizer: Optimizer;
}

/** How the step of a configuration stores parameters. */
export function storageOf(
  { optimizer, keyRate }: StepConfiguration,
  parameters: Parameters,
): Storage {
  const specs = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values, dtype: 'float32' as const },
    ]),
  );
  const isApart = (name: string) => name === KEYS && keyRate !== 1;
  if (optimizer !== 'muon') return { ...storeTogether(specs, { isApart }), optimizer: adam(ADAM) };
  const together = storeTogether(specs, { isApart, isMatrix: isEncoderMatrix });
  const { matrices } = together;
  return { ...together, optimizer: either((name) => matrices.has(name), muon(), adam(ADAM)) };
}

/** The training step for queries of `length` tokens: loss, gradients, clipping, optimizer. */
export function trainingStep(
  config: StepConfiguration,
  parameters: Parameters,
  length: number,
): StepDefinition {
  const { model, objective, batch, keyRate } = config;
  const { state: stored, unpack, pack, optimizer } = storageOf(config, parameters);
  const names = Object.keys(stored);
  const needsKeys = objective === 'sampled';
  return {
    inputs: {
      ...querySpecs(model, batch, length),
      ...(needsKeys
        ? { keys: { shape: [batch], dtype: 'int32' } }
        : { shares: { shape: [batch, model.keys], dtype: 'float32' } }),
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...stored, ...optimizer.initialState(stored) },
    step: (inputs, state) => {
      const own = Object.fromEntries(names.map((name) => [name, state[name]]));
      const { value: loss, gradients } = valueAndGradients(
        (p) => batchLoss(config, p, queryTensors(inputs), inputs),
        unpack(own),
      );
      // The norm of the gradients one by one has each of them computed as early as it can be.
      const norm = globalNorm(gradients);
      const clipped = clipByGlobalNorm(pack(gradients), ADAM.clipNorm, norm);
      const next = optimizer.update({
        parameters: own,
        gradients: clipped.gradients,
        state,
        learningRate: inputs.learningRate,
        multipliers: { [KEYS]: keyRate },
      });
      return {
        outputs: { loss, gradientNorm: norm },
        state: { ...next.parameters, ...next.state },
      };
    },
  };
}

/** The loss of a batch; `inputs` has its `keys` or its `shares`. */
export function batchLoss(
  { model, objective, loss = usualLoss(model) }: StepConfiguration,
  p: NamedTensors,
  queries: QueryTensors,
  inputs: NamedTensors,
): Scalar {
  const keys = inputs.keys as Tensor1D;
  const sampledShares = () => tf.cast(tf.oneHot(keys, model.keys), 'float32') as Tensor2D;
  if (loss === 'cross-entropy') {
    const shares = objective === 'sampled' ? sampledShares() : (inputs.shares as Tensor2D);
    return crossEntropy(keyScores(p, model, queries), shares);
  }
  if (objective === 'expected') {
    return expectedInfoNce(keyScores(p, model, queries), inputs.shares as Tensor2D);
  }
  if (model.model === 'contrastive') return sampledInfoNce(batchScores(p, model, queries, keys));
  // A column for each key of the batch.
  return sampledInfoNce(tf.matMul(keyScores(p, model, queries), sampledShares(), false, true));
}

function usualLoss({ model }: ModelConfiguration): Loss {
  return model === 'contrastive' ? 'infonce' : 'cross-entropy';
}
