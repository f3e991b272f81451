import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { subsetsOf } from '../../../src/studies/retrieval/subsets.ts';
import { type StoppingRule, trainFreeEmbeddings } from '../../../src/studies/retrieval/training.ts';

const RULE: StoppingRule = { maxSteps: 2000, patience: 500, minDelta: 1e-5, interval: 50 };
const TASK = { temperature: 0.1, learningRate: 0.01, seed: 1 };

test('free vectors of four dimensions learn all pairs of six documents, reproducibly', async () => {
  const task = { ...TASK, n: 6, d: 4, relevance: subsetsOf(6, 2) };
  const outcome = await trainFreeEmbeddings(task, RULE);
  expect(outcome.accuracy).toBe(1);
  expect(outcome.steps).toBeLessThan(RULE.maxSteps);
  expect(await trainFreeEmbeddings(task, RULE)).toEqual(outcome);
});

test('on a circle no vectors have all pairs of four documents on top', async () => {
  const { accuracy, steps } = await trainFreeEmbeddings(
    { ...TASK, n: 4, d: 2, relevance: subsetsOf(4, 2) },
    RULE,
  );
  expect(accuracy).toBeLessThan(1);
  expect(accuracy).toBeGreaterThan(0.5);
  expect(steps).toBeGreaterThanOrEqual(RULE.patience);
});

test('the first loss is as the formula says', async () => {
  const d = 2;
  const relevance = [[0], [1]];
  const { loss, steps } = await trainFreeEmbeddings(
    { ...TASK, n: 2, d, relevance, learningRate: 1e-12, temperature: 1 },
    { ...RULE, maxSteps: 10 },
  );
  expect(steps).toBe(10);
  // Two queries and two documents at the angles that the stream gives.
  const random = stream(1, 'free-embeddings', 2, d);
  const angle = () => {
    const x = random.normal();
    return Math.atan2(random.normal(), x);
  };
  const [q0, q1, d0, d1] = [angle(), angle(), angle(), angle()];
  const row = (q: number, own: number, other: number) =>
    Math.log1p(Math.exp(Math.cos(q - other) - Math.cos(q - own)));
  expect(loss).toBeCloseTo((row(q0, d0, d1) + row(q1, d1, d0)) / 2, 5);
});
