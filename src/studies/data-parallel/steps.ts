import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs';
import {
  type NamedTensors,
  type StepDefinition,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import type { Task } from './tasks.ts';

// What a replica computes. All parameters are one vector of P numbers, and so are gradients: it is what is exchanged.

/** Loss and gradient of some rows; with `batch`, of a loss of all rows whose other scores are given. */
export function gradientStep(
  task: Task,
  rows: number,
  loss: (p: NamedTensors, inputs: NamedTensors) => Scalar,
  batch?: number,
): StepDefinition {
  const ofColumns = (count: number) =>
    ({ shape: [count, task.columns], dtype: 'float32' }) as const;
  return {
    inputs: {
      parameters: { shape: [parameterCountOf(task)], dtype: 'float32' },
      ...task.inputs(rows),
      ...(batch === undefined
        ? { shares: ofColumns(rows) }
        : { others: ofColumns(batch), allShares: ofColumns(batch) }),
    },
    state: {},
    step: ({ parameters, ...inputs }) => {
      const { value, gradients } = valueAndGradients(
        (p) => loss(p, inputs),
        apart(parameters, task.parameters),
      );
      const names = Object.keys(task.parameters);
      const gradient = tf.concat1d(
        names.map((name) => tf.reshape(gradients[name], [-1]) as Tensor1D),
      );
      return { outputs: { loss: value, gradient } };
    },
  };
}

export function scoresStep(task: Task, rows: number): StepDefinition {
  return {
    inputs: {
      parameters: { shape: [parameterCountOf(task)], dtype: 'float32' },
      ...task.inputs(rows),
    },
    state: {},
    step: ({ parameters, ...inputs }) => ({
      outputs: { scores: task.scores(apart(parameters, task.parameters), inputs) },
    }),
  };
}

export function updateStep({ optimizer }: Task, initial: Float32Array): StepDefinition {
  const shape = [initial.length];
  const parameters = { shape, dtype: 'float32' as const, values: initial };
  return {
    inputs: {
      gradient: { shape, dtype: 'float32' },
      share: { shape: [], dtype: 'float32' },
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { parameters, ...optimizer.initialState({ parameters }) },
    step: ({ gradient, share, learningRate: rate }, state) => {
      const next = optimizer.update({
        parameters: { parameters: state.parameters },
        gradients: { parameters: tf.mul(gradient, share) },
        state,
        learningRate: rate,
      });
      return {
        outputs: { parameters: next.parameters.parameters },
        state: { ...next.parameters, ...next.state },
      };
    },
  };
}

/** P */
export function parameterCountOf({ parameters }: Task): number {
  return Object.values(parameters).reduce((sum, { values }) => sum + values.length, 0);
}

/** All parameters in one vector. */
export function flat(parameters: Parameters): Float32Array {
  const values = Object.values(parameters).map((one) => one.values);
  const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const one of values) {
    all.set(one, start);
    start += one.length;
  }
  return all;
}

/** The parameters of one vector, by name. */
function apart(vector: Tensor, parameters: Parameters): NamedTensors {
  const entries = Object.entries(parameters);
  const parts = tf.split(
    vector as Tensor1D,
    entries.map(([, { values }]) => values.length),
  );
  return Object.fromEntries(
    entries.map(([name, { shape }], i) => [name, tf.reshape(parts[i], [...shape])]),
  );
}
