import { beforeAll, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { USUAL } from '../../../src/studies/encoder-decoder.ts';
import { learn, PROMPTS } from '../../../src/studies/fractions/experiment.ts';
import { parsed, simplified } from '../../../src/studies/fractions/expressions.ts';

beforeAll(() => tf.setBackend('cpu'));

test('a training is asked about every depth and one more, about prompts, and probed twice', async () => {
  const { points, answers, prompts, probes } = await learn({
    model: { layers: 1, heads: 2, width: 8, feedForward: 8, ...USUAL, roles: true },
    deepest: 2,
    batch: 8,
    schedule: { peak: 0.01, warmUp: 2, steps: 6 },
    every: 4,
    tests: 4,
    probes: 60,
    seed: 1,
  });
  expect(points.map(({ step, depth }) => [step, depth])).toEqual(
    [4, 6].flatMap((step) => [1, 2, 3].map((depth) => [step, depth])),
  );
  for (const { step, depth, exactMatch } of points.slice(3)) {
    const right = answers.filter((answer) => answer.depth === depth && answer.right === 1);
    expect([step, right.length / 4]).toEqual([6, exactMatch]);
  }
  expect(prompts.map(({ prompt }) => prompt)).toEqual([...PROMPTS]);
  for (const { prompt, expected } of prompts) expect(expected).toBe(simplified(parsed(prompt)));
  // Four roles, two depths, before and after.
  expect(probes).toHaveLength(16);
  expect(probes.every(({ asked, accuracy }) => asked > 0 && accuracy >= 0 && accuracy <= 1)).toBe(
    true,
  );
});
