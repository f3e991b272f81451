import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import type { SequenceModel } from '../encoder-decoder.ts';
import { initialParameters, testStep, trainModel } from '../encoder-decoder-training.ts';
import { drawBatch } from './examples.ts';
import type { PointRow } from './tables.ts';
import type { Task } from './tasks.ts';

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
  const { task, model, tests, seed, backend } = learning;
  const testing = await compileOn(backend)(testStep(model, tests, initialParameters(model, seed)));
  const heldOut = drawBatch(task, 'held-out', tests, seed, 0);
  const points: PointRow[] = [];
  try {
    await trainModel(
      { ...learning, task: `task ${task}` },
      (step) => drawBatch(task, 'train', learning.batch, seed, step),
      async ({ step, loss, parameters }) => {
        await testing.writeState(parameters);
        const { right } = await testing.run({ ...heldOut });
        const exactMatch = Array.from(right).reduce((sum, one) => sum + one, 0) / tests;
        const point = { step, loss, exactMatch };
        points.push(point);
        onPoint?.(point);
      },
      signal,
    );
  } finally {
    await testing.dispose();
  }
  return points;
}
