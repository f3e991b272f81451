import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import {
  type NamedSpecs,
  type NamedTensors,
  type NamedValues,
  type StepDefinition,
  tf,
} from '../engine/index.ts';
import type { ModelConfiguration } from '../models/configuration.ts';
import { batchScores } from '../models/contrastive.ts';
import { keyScores } from '../models/model.ts';
import type { Parameters } from '../models/parameters.ts';
import type { QueryTensors } from '../models/transformer.ts';
import { ADAM, adamUpdate, globalNorm } from './adam.ts';
import type { Batch } from './batches.ts';
import { crossEntropy, expectedInfoNce, sampledInfoNce } from './losses.ts';

/** One positive key per query as published (`sampled`), or its expectation (`expected`). */
export type Objective = 'sampled' | 'expected';

/** What the compiled training step computes. */
export interface StepConfiguration {
  readonly model: ModelConfiguration;
  readonly objective: Objective;
  /** B */
  readonly batch: number;
  /** What the key table's learning rate is multiplied by. */
  readonly keyRate: number;
}

const first = (name: string) => `first moment of ${name}`;
const second = (name: string) => `second moment of ${name}`;

/** Parameters and zero moments, by the names the step knows them. */
export function initialState(parameters: Parameters): StepDefinition['state'] {
  const state: Record<string, StepDefinition['state'][string]> = {};
  for (const [name, { shape, values }] of Object.entries(parameters)) {
    const zeros = () => new Float32Array(values.length);
    state[name] = { shape, dtype: 'float32', values };
    state[first(name)] = { shape, dtype: 'float32', values: zeros() };
    state[second(name)] = { shape, dtype: 'float32', values: zeros() };
  }
  return state;
}

/** Specs of the inputs that hold a batch of `size` queries of `length` tokens. */
export function querySpecs(model: ModelConfiguration, size: number, length: number): NamedSpecs {
  const tokens = { shape: [size, length], dtype: 'int32' } as const;
  if (model.layout.kind === 'members') {
    return { tokens, present: { shape: [size, length], dtype: 'float32' } };
  }
  return { tokens, slots: { shape: [size, length], dtype: 'int32' } };
}

/** The inputs of `querySpecs` as the models take them. */
export function queryTensors(inputs: NamedTensors): QueryTensors {
  const tokens = inputs.tokens as Tensor2D;
  if (inputs.present !== undefined) return { tokens, present: inputs.present as Tensor2D };
  return { tokens, slots: inputs.slots as Tensor2D };
}

/** Values of the inputs of `querySpecs`. */
export function queryValues({ tokens, slots, present }: Batch): NamedValues {
  if (present !== undefined) return { tokens, present };
  if (slots !== undefined) return { tokens, slots };
  throw new Error('a batch needs slots or padding marks');
}

/** The training step for queries of `length` tokens: loss, gradients, clipping, Adam. */
export function trainingStep(
  config: StepConfiguration,
  parameters: Parameters,
  length: number,
): StepDefinition {
  const { model, objective, batch, keyRate } = config;
  const names = Object.keys(parameters);
  const needsKeys = objective === 'sampled';
  return {
    inputs: {
      ...querySpecs(model, batch, length),
      ...(needsKeys
        ? { keys: { shape: [batch], dtype: 'int32' } }
        : { shares: { shape: [batch, model.keys], dtype: 'float32' } }),
      stepSize: { shape: [], dtype: 'float32' },
      epsilon: { shape: [], dtype: 'float32' },
    },
    state: initialState(parameters),
    step: (inputs, state) => {
      const lossOf = (...values: Tensor[]) =>
        batchLoss(
          config,
          Object.fromEntries(names.map((name, i) => [name, values[i]])),
          queryTensors(inputs),
          inputs,
        );
      const { value: loss, grads } = tf.valueAndGrads(lossOf)(names.map((name) => state[name]));
      const norm = globalNorm(grads);
      const scale = tf.div(ADAM.clipNorm, tf.maximum(norm, ADAM.clipNorm)) as Scalar;
      const next: Record<string, Tensor> = {};
      names.forEach((name, i) => {
        const rate = name === 'keys.table' && keyRate !== 1 ? keyRate : undefined;
        const moments = adamUpdate(
          { value: state[name], first: state[first(name)], second: state[second(name)] },
          grads[i],
          scale,
          rate === undefined ? inputs.stepSize : tf.mul(inputs.stepSize, rate),
          inputs.epsilon,
        );
        next[name] = moments.value;
        next[first(name)] = moments.first;
        next[second(name)] = moments.second;
      });
      return { outputs: { loss, gradientNorm: norm }, state: next };
    },
  };
}

/** The loss of a batch; `inputs` has its `keys` or its `shares`. */
export function batchLoss(
  { model, objective }: StepConfiguration,
  p: NamedTensors,
  queries: QueryTensors,
  inputs: NamedTensors,
): Scalar {
  if (model.model === 'noncontrastive') {
    const shares =
      objective === 'sampled'
        ? tf.cast(tf.oneHot(inputs.keys as Tensor1D, model.keys), 'float32')
        : inputs.shares;
    return crossEntropy(keyScores(p, model, queries), shares as Tensor2D);
  }
  if (objective === 'sampled') {
    return sampledInfoNce(batchScores(p, model, queries, inputs.keys as Tensor1D));
  }
  return expectedInfoNce(keyScores(p, model, queries), inputs.shares as Tensor2D);
}
