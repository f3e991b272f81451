import { expect, test } from 'vitest';
import { jointOf } from '../../../src/studies/infonce/joints.ts';
import { measure } from '../../../src/studies/infonce/measures.ts';
import { fitTable } from '../../../src/studies/infonce/training.ts';
import { learned } from './joint.ts';

const dependent = jointOf('dependent');
const options = { steps: 500, batch: 500, learningRate: 0.1, seed: 1 };

test('likelihood learns p(x, y), InfoNCE the ratio', async () => {
  const likelihood = await fitTable(dependent, { ...options, objective: 'likelihood' });
  expect(measure(learned(dependent, likelihood)).klJoint).toBeLessThan(1e-6);
  const infonce = measure(
    learned(dependent, await fitTable(dependent, { ...options, objective: 'infonce' })),
  );
  expect(infonce.klRatio).toBeLessThan(0.005);
  expect(infonce.klJoint).toBeGreaterThan(0.1);
});

test('the same seed gives the same table', async () => {
  const twice = [1, 2].map(() =>
    fitTable(dependent, { ...options, steps: 20, objective: 'infonce' }),
  );
  const [first, second] = await Promise.all(twice);
  expect(first).toEqual(second);
});
