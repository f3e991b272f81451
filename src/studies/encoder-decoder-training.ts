import type { Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  clipByGlobalNorm,
  type NamedSpecs,
  type StepDefinition,
  type TensorValues,
  tf,
  valueAndGradients,
} from '../engine/index.ts';
import { initialise, type Parameters } from '../study/models/parameters.ts';
import { compileOn, type TrainingBackend } from '../study/training/backend.ts';
import { learningRate, type RateSchedule } from '../study/training/schedules.ts';
import {
  encode,
  exactMatches,
  nextTokenScores,
  type SequenceModel,
  sequenceLoss,
  sequenceParameters,
} from './encoder-decoder.ts';
import { asState } from './state.ts';
import type { SequenceBatch } from './token-rows.ts';

const ADAM = { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 } as const;
const CLIP_NORM = 1;
const optimizer = adam(ADAM);

/** With `sameQueryKey`, every key matrix starts as a copy of the query matrix beside it. */
export function initialParameters(model: SequenceModel, seed: number): Parameters {
  const parameters = initialise(sequenceParameters(model), seed);
  if (!model.sameQueryKey) return parameters;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const twin = name.endsWith('.key.weight')
        ? parameters[name.replace('.key.', '.query.')]
        : parameter;
      return [name, { shape: parameter.shape, values: twin.values.slice() }];
    }),
  );
}

function batchSpecs({ shape }: SequenceModel, size: number): NamedSpecs {
  return {
    source: { shape: [size, shape.source], dtype: 'int32' },
    previous: { shape: [size, shape.target], dtype: 'int32' },
    next: { shape: [size, shape.target], dtype: 'int32' },
  };
}

/** One step of Adam on a batch; gradients are clipped by their global norm. */
export function trainingStep(
  model: SequenceModel,
  batch: number,
  parameters: Parameters,
): StepDefinition {
  const specs = asState(parameters);
  return {
    inputs: {
      ...batchSpecs(model, batch),
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: ({ source, previous, next, learningRate: rate }, state) => {
      const trained = Object.fromEntries(
        Object.keys(parameters).map((name) => [name, state[name]]),
      );
      const { value: loss, gradients } = valueAndGradients((p) => {
        const scores = nextTokenScores(p, model, source as Tensor2D, previous as Tensor2D);
        return sequenceLoss(scores, next as Tensor2D);
      }, trained);
      const clipped = clipByGlobalNorm(gradients, CLIP_NORM);
      const updated = optimizer.update({
        parameters: trained,
        gradients: clipped.gradients,
        state,
        learningRate: rate,
      });
      return { outputs: { loss }, state: { ...updated.parameters, ...updated.state } };
    },
  };
}

interface Training {
  /** Named in errors. */
  readonly task: string;
  readonly model: SequenceModel;
  /** Examples per step. */
  readonly batch: number;
  readonly schedule: RateSchedule;
  /** Steps between evaluations; there is one after the last step in any case. */
  readonly every: number;
  readonly seed: number;
  /** `onnxruntime` by default. */
  readonly backend?: TrainingBackend;
}

/** A training so far. */
interface Moment {
  /** Steps done. */
  readonly step: number;
  /** Mean cross-entropy per token of the last batch, nats. */
  readonly loss: number;
  readonly parameters: Readonly<Record<string, TensorValues>>;
}

/** Trains a model by batches drawn for each step, counted from 0. @throws Error if the loss is no number */
export async function trainModel(
  { task, model, batch, schedule, every, seed, backend }: Training,
  drawBatch: (step: number) => SequenceBatch,
  evaluate: (moment: Moment) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const parameters = initialParameters(model, seed);
  const training = await compileOn(backend)(trainingStep(model, batch, parameters));
  try {
    for (let step = 0; step < schedule.steps; step++) {
      signal?.throwIfAborted();
      const rate = Float32Array.of(learningRate(schedule, step));
      const { loss } = await training.run({ ...drawBatch(step), learningRate: rate });
      const done = step + 1;
      if (!Number.isFinite(loss[0])) {
        throw new Error(`training on ${task} diverged: the loss is ${loss[0]} in step ${done}`);
      }
      if (done % every !== 0 && done !== schedule.steps) continue;
      const state = await training.readState();
      await evaluate({
        step: done,
        loss: loss[0],
        parameters: Object.fromEntries(Object.keys(parameters).map((name) => [name, state[name]])),
      });
    }
  } finally {
    await training.dispose();
  }
}

/** Which of some examples are answered right. */
export function testStep(
  model: SequenceModel,
  examples: number,
  parameters: Parameters,
): StepDefinition {
  return {
    inputs: batchSpecs(model, examples),
    state: asState(parameters),
    step: ({ source, previous, next }, state) => {
      const scores = nextTokenScores(state, model, source as Tensor2D, previous as Tensor2D);
      return { outputs: { right: exactMatches(scores, next as Tensor2D) } };
    },
  };
}

/** The best next token after every prefix. // [B, T] */
export function nextTokensStep(
  model: SequenceModel,
  examples: number,
  parameters: Parameters,
): StepDefinition {
  const { source, previous } = batchSpecs(model, examples);
  return {
    inputs: { source, previous },
    state: asState(parameters),
    step: (inputs, state) => {
      const rows = inputs as Record<'source' | 'previous', Tensor2D>;
      const scores = nextTokenScores(state, model, rows.source, rows.previous);
      return { outputs: { next: tf.cast(tf.argMax(scores, 2), 'int32') } };
    },
  };
}

/** Hidden vectors of the source. // [B, S, w] */
export function encodingStep(
  model: SequenceModel,
  examples: number,
  parameters: Parameters,
): StepDefinition {
  const { source } = batchSpecs(model, examples);
  return {
    inputs: { source },
    state: asState(parameters),
    step: (inputs, state) => ({
      outputs: { hidden: encode(state, model, inputs.source as Tensor2D) },
    }),
  };
}
