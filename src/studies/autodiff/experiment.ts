import { linear, type Parameters, sigmoid } from './operations.ts';
import type { PointRow, StepRow } from './tables.ts';
import { type TrainingSettings, trainByEngine, trainByHand, twoClasses } from './training.ts';

interface RegressionSettings extends TrainingSettings {
  /** Points to train on, and as many others to measure. */
  readonly points: number;
  readonly middle: readonly [number, number];
  readonly seed: number;
}

/** Logistic regression by the gradients written by hand and by the engine's, step by step. */
export async function compareTrainings(
  settings: RegressionSettings,
): Promise<{ readonly steps: readonly StepRow[]; readonly points: readonly PointRow[] }> {
  const { points: count, middle, seed } = settings;
  const points = twoClasses(count, middle, seed);
  const byHand = trainByHand(points, settings);
  const byEngine = await trainByEngine(points, settings);
  const steps = byHand.map(({ loss, parameters }, step): StepRow => {
    const { weights, bias } = parameters;
    return {
      step: step + 1,
      loss,
      engineLoss: byEngine[step].loss,
      difference: largestDifference(parameters, byEngine[step].parameters),
      w1: weights[0],
      w2: weights[1],
      bias: bias[0],
    };
  });
  const others = twoClasses(count, middle, seed + 1);
  const { parameters } = byHand[byHand.length - 1];
  const p = sigmoid(linear(others.inputs, parameters).value).value;
  return {
    steps,
    points: Array.from(p, (probability, row) => ({
      x: others.inputs[2 * row],
      y: others.inputs[2 * row + 1],
      own: others.classes[row],
      p: probability,
    })),
  };
}

function largestDifference(a: Parameters, b: Parameters): number {
  const gaps = [...a.weights].map((x, i) => Math.abs(x - b.weights[i]));
  return Math.max(...gaps, Math.abs(a.bias[0] - b.bias[0]));
}
