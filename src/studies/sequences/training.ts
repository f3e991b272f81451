import type { Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  clipByGlobalNorm,
  compile,
  type NamedSpecs,
  type StepDefinition,
  type TensorValues,
  valueAndGradients,
} from '../../engine/index.ts';
import { initialise, type Parameters } from '../../study/models/parameters.ts';
import { learningRate, type RateSchedule } from '../../study/training/schedules.ts';
import { drawBatch } from './examples.ts';
import {
  exactMatches,
  nextTokenScores,
  type SequenceModel,
  sequenceLoss,
  sequenceParameters,
} from './model.ts';
import type { Task } from './tasks.ts';

export interface Learning {
  readonly task: Task;
  readonly model: SequenceModel;
  readonly batch: number;
  readonly schedule: RateSchedule;
  /** Steps between looks at the held-out examples. */
  readonly every: number;
  /** Held-out examples per look. */
  readonly tests: number;
  readonly seed: number;
}

/** What held-out examples say at one moment of a training. */
export interface LearningPoint {
  readonly step: number;
  /** Mean cross-entropy per token of the last batch, nats. */
  readonly loss: number;
  /** Share of held-out examples answered right to the last symbol. */
  readonly exactMatch: number;
}

const ADAM = { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 } as const;
const CLIP_NORM = 1;
const optimizer = adam(ADAM);

/** Trains a model on a task, looking at held-out examples along the way. */
export async function learn(
  learning: Learning,
  { signal, onPoint }: { signal?: AbortSignal; onPoint?: (point: LearningPoint) => void } = {},
): Promise<readonly LearningPoint[]> {
  const { task, batch, schedule, every, tests, seed } = learning;
  const parameters = initialParameters(learning.model, seed);
  const training = await compile(trainingStep(learning, parameters));
  const testing = await compile(testStep(learning, parameters));
  const heldOut = drawBatch(task, 'held-out', tests, seed, 0);
  const points: LearningPoint[] = [];
  try {
    for (let step = 0; step < schedule.steps; step++) {
      signal?.throwIfAborted();
      const rate = Float32Array.of(learningRate(schedule, step));
      const drawn = drawBatch(task, 'train', batch, seed, step);
      const { loss } = await training.run({ ...drawn, learningRate: rate });
      if (!Number.isFinite(loss[0])) {
        throw new Error(`the loss of task ${task} is ${loss[0]} in step ${step + 1}`);
      }
      const done = step + 1;
      if (done % every !== 0 && done !== schedule.steps) continue;
      const state = await training.readState();
      await testing.writeState(pick(state, Object.keys(parameters)));
      const { right } = await testing.run({ ...heldOut });
      const exactMatch = Array.from(right).reduce((sum, one) => sum + one, 0) / tests;
      const point = { step: done, loss: loss[0], exactMatch };
      points.push(point);
      onPoint?.(point);
    }
  } finally {
    await training.dispose();
    await testing.dispose();
  }
  return points;
}

function initialParameters(model: SequenceModel, seed: number): Parameters {
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

const batchSpecs = ({ model: { shape } }: Learning, size: number): NamedSpecs => ({
  source: { shape: [size, shape.source], dtype: 'int32' },
  previous: { shape: [size, shape.target], dtype: 'int32' },
  next: { shape: [size, shape.target], dtype: 'int32' },
});

const stateOf = (parameters: Parameters): StepDefinition['state'] =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values, dtype: 'float32' as const },
    ]),
  );

function trainingStep(learning: Learning, parameters: Parameters): StepDefinition {
  const specs = stateOf(parameters);
  return {
    inputs: {
      ...batchSpecs(learning, learning.batch),
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: ({ source, previous, next, learningRate: rate }, state) => {
      const own = Object.fromEntries(Object.keys(parameters).map((name) => [name, state[name]]));
      const { value: loss, gradients } = valueAndGradients((p) => {
        const scores = nextTokenScores(p, learning.model, source as Tensor2D, previous as Tensor2D);
        return sequenceLoss(scores, next as Tensor2D);
      }, own);
      const clipped = clipByGlobalNorm(gradients, CLIP_NORM);
      const updated = optimizer.update({
        parameters: own,
        gradients: clipped.gradients,
        state,
        learningRate: rate,
      });
      return { outputs: { loss }, state: { ...updated.parameters, ...updated.state } };
    },
  };
}

function testStep(learning: Learning, parameters: Parameters): StepDefinition {
  return {
    inputs: batchSpecs(learning, learning.tests),
    state: stateOf(parameters),
    step: ({ source, previous, next }, state) => {
      const scores = nextTokenScores(
        state,
        learning.model,
        source as Tensor2D,
        previous as Tensor2D,
      );
      return { outputs: { right: exactMatches(scores, next as Tensor2D) } };
    },
  };
}

const pick = (
  values: Readonly<Record<string, TensorValues>>,
  names: readonly string[],
): Record<string, TensorValues> => Object.fromEntries(names.map((name) => [name, values[name]]));
