import { parameterCount } from '../../study/models/parameters.ts';
import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import { type SequenceModel, sequenceParameters } from '../encoder-decoder.ts';
import {
  initialParameters,
  nextTokensStep,
  testStep,
  trainModel,
} from '../encoder-decoder-training.ts';
import { answerGreedily } from '../greedy.ts';
import { batchOf } from '../token-rows.ts';
import { drawTests, drawTraining, shapeOf, textOf, tokenPair } from './examples.ts';
import { depthOf, leavesOf, parsed, simplified, written } from './expressions.ts';
import { probeRoles } from './roles.ts';
import type { FractionRun, PointRow } from './tables.ts';

/** Of our own: the eight published ones are not at hand. Two of each depth. */
export const PROMPTS = [
  'a/b',
  'd/c',
  '(a/b)/c',
  '(a/b)/(c/d)',
  '((a/b)/c)/d',
  'a/(b/(c/d))',
  '(((a/b)/c)/d)/a',
  'a/(b/(c/(d/a)))',
] as const;

interface FractionTask {
  readonly model: Omit<SequenceModel, 'shape'>;
  /** The deepest expressions to train on; questions go one level deeper. */
  readonly deepest: number;
  readonly batch: number;
  readonly schedule: RateSchedule;
  /** Steps between evaluations. */
  readonly every: number;
  /** Held-out expressions of each depth. */
  readonly tests: number;
  /** Expressions that probes are made from, and of each depth asked about. */
  readonly probes: number;
  readonly seed: number;
  readonly backend?: TrainingBackend;
}

type Learned = Omit<FractionRun, 'binding' | 'seed'>;

/** Trains a model on expressions up to a depth, and asks it about those and one level deeper. */
export async function learn(
  task: FractionTask,
  {
    signal,
    onPoint,
  }: { signal?: AbortSignal; onPoint?: (points: readonly PointRow[]) => void } = {},
): Promise<Learned> {
  const { deepest, batch, tests, seed, schedule } = task;
  const model = { ...task.model, shape: shapeOf(deepest) };
  const deeper = { ...task.model, shape: shapeOf(deepest + 1) };
  const initial = initialParameters(model, seed);
  const depths = Array.from({ length: deepest + 1 }, (_, i) => i + 1);
  const asked = depths.map((depth) => drawTests(depth, tests, seed));
  const rows = asked.map((some) => batchOf(some.map(tokenPair), deeper.shape));
  const compile = compileOn(task.backend);
  const testing = await compile(testStep(deeper, tests, initial));
  const answering = await compile(nextTokensStep(deeper, PROMPTS.length, initial));
  const points: PointRow[] = [];
  let last: Omit<Learned, 'points' | 'parameters'> = { answers: [], prompts: [], probes: [] };
  try {
    await trainModel(
      { ...task, task: 'fractions', model },
      (step) => batchOf(drawTraining(deepest, batch, seed, step).map(tokenPair), model.shape),
      async ({ step, loss, parameters }) => {
        await testing.writeState(parameters);
        const right: number[][] = [];
        for (const row of rows) right.push([...(await testing.run({ ...row })).right]);
        const now = depths.map((depth, i): PointRow => {
          const exactMatch = right[i].reduce((sum, one) => sum + one, 0) / tests;
          return { step, loss, depth, exactMatch };
        });
        points.push(...now);
        onPoint?.(now);
        if (step < schedule.steps) return;
        await answering.writeState(parameters);
        last = {
          answers: asked.flatMap((some, i) =>
            some.map((expression, j) => ({
              depth: depths[i],
              leaves: leavesOf(expression),
              expression: written(expression),
              right: right[i][j],
            })),
          ),
          prompts: await answerPrompts(async (some) => (await answering.run(some)).next, deeper),
          probes: await probeRoles(task, deeper, initial, parameters),
        };
      },
      signal,
    );
  } finally {
    await testing.dispose();
    await answering.dispose();
  }
  return { parameters: parameterCount(sequenceParameters(model)), points, ...last };
}

async function answerPrompts(
  nextTokens: Parameters<typeof answerGreedily>[0],
  { shape }: SequenceModel,
): Promise<FractionRun['prompts']> {
  const expressions = PROMPTS.map(parsed);
  const pairs = expressions.map(tokenPair);
  const answers = await answerGreedily(nextTokens, pairs, shape, PROMPTS.length);
  return PROMPTS.map((prompt, i) => ({
    prompt,
    depth: depthOf(expressions[i]),
    expected: simplified(expressions[i]),
    answer: textOf(answers[i]),
  }));
}
