import type { Scalar } from '@tensorflow/tfjs';
import {
  adam,
  clipByGlobalNorm,
  either,
  muon,
  type NamedSpecs,
  type NamedTensors,
  type NamedValues,
  storeTogether,
  valueAndGradients,
} from '../engine/index.ts';
import type { Parameters } from '../study/models/parameters.ts';
import { compileOn, type TrainingBackend } from '../study/training/backend.ts';
import { learningRate, type RateSchedule } from '../study/training/schedules.ts';
import { ADAM } from '../study/training/step.ts';
import { asState, withValues } from './state.ts';

/** A model to train: its parameters, its loss, and the batches that it is trained on. */
export interface ModelTraining {
  /** What is trained, as an error names it. */
  readonly name: string;
  /** Initial values. */
  readonly parameters: Parameters;
  /** Of a batch. */
  readonly inputs: NamedSpecs;
  readonly loss: (p: NamedTensors, inputs: NamedTensors) => Scalar;
  /** The batch of a step, counted from 0. */
  readonly batch: (step: number) => NamedValues;
  readonly schedule: RateSchedule;
  /** `onnxruntime` by default. */
  readonly backend?: TrainingBackend;
}

/** Where a training is, for those who watch it. */
interface TrainProgress {
  /** Steps done. */
  readonly step: number;
  readonly loss: number;
}

export interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: TrainProgress) => void;
}

/** Matrices of a transformer's layers, which Muon moves. */
const LAYER_MATRIX = /(^|\.)layer\d+\..*\.weight$/;

/**
 * Trains with Muon for the layers' matrices and Adam for the rest, gradients clipped by their global norm.
 *
 * @throws Error if the loss is no longer finite
 */
export async function trainModel(
  training: ModelTraining,
  { signal, onStep }: TrainOptions = {},
): Promise<Parameters> {
  const { name, parameters, inputs, loss, batch, schedule, backend } = training;
  const together = storeTogether(asState(parameters), {
    isMatrix: (parameter) => LAYER_MATRIX.test(parameter),
  });
  const { state: stored, pack, unpack, matrices } = together;
  const optimizer = either((one) => matrices.has(one), muon(), adam(ADAM));
  const program = await compileOn(backend)({
    inputs: { ...inputs, learningRate: { shape: [], dtype: 'float32' } },
    state: { ...stored, ...optimizer.initialState(stored) },
    step: ({ learningRate: rate, ...given }, state) => {
      const own = Object.fromEntries(Object.keys(stored).map((one) => [one, state[one]]));
      const { value, gradients } = valueAndGradients((p) => loss(p, given), unpack(own));
      const clipped = clipByGlobalNorm(pack(gradients), ADAM.clipNorm);
      const next = optimizer.update({
        parameters: own,
        gradients: clipped.gradients,
        state,
        learningRate: rate,
      });
      return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
    },
  });
  try {
    for (let step = 0; step < schedule.steps; step++) {
      signal?.throwIfAborted();
      const rate = Float32Array.of(learningRate(schedule, step));
      const result = await program.run({ ...batch(step), learningRate: rate });
      const value = result.loss[0];
      if (!Number.isFinite(value)) {
        throw new Error(
          `training of ${name} diverged in step ${step + 1}: the loss is ${value}. Lower learningRate or lengthen warmUp`,
        );
      }
      onStep?.({ step: step + 1, loss: value });
    }
    return withValues(parameters, together.valuesOf(await program.readState()));
  } finally {
    await program.dispose();
  }
}
