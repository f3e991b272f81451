import type { TensorValues } from '../../engine/index.ts';
import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import { learningRate, type RateSchedule } from '../../study/training/schedules.ts';
import { drawBatch } from './examples.ts';
import type { SequenceModel } from './model.ts';
import type { PointRow } from './tables.ts';
import type { Task } from './tasks.ts';
import { initialParameters, testStep, trainingStep } from './training.ts';

interface LearningTask {
  readonly task: Task;
  readonly model: SequenceModel;
  readonly batch: number;
  readonly schedule: RateSchedule;
  /** Steps between evaluations on held-out examples. */
  readonly every: number;
  /** Held-out examples per evaluation. */
  readonly tests: number;
  readonly seed: number;
  /** `onnxruntime` by default. */
  readonly backend?: TrainingBackend;
}

/** Trains a model on a task and evaluates it on held-out examples along the way. */
export async function learn(
  learning: LearningTask,
  { signal, onPoint }: { signal?: AbortSignal; onPoint?: (point: PointRow) => void } = {},
): Promise<readonly PointRow[]> {
  const { task, model, batch, schedule, every, tests, seed, backend } = learning;
  const parameters = initialParameters(model, seed);
  const compile = compileOn(backend);
  const training = await compile(trainingStep(model, batch, parameters));
  const testing = await compile(testStep(model, tests, parameters));
  const heldOut = drawBatch(task, 'held-out', tests, seed, 0);
  const points: PointRow[] = [];
  try {
    for (let step = 0; step < schedule.steps; step++) {
      signal?.throwIfAborted();
      const rate = Float32Array.of(learningRate(schedule, step));
      const drawn = drawBatch(task, 'train', batch, seed, step);
      const { loss } = await training.run({ ...drawn, learningRate: rate });
      if (!Number.isFinite(loss[0])) {
        throw new Error(
          `training on task ${task} diverged: the loss is ${loss[0]} in step ${step + 1}`,
        );
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

function pick(
  values: Readonly<Record<string, TensorValues>>,
  names: readonly string[],
): Record<string, TensorValues> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
