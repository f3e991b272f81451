import { expect, test } from 'vitest';
import { checkGradients } from '../../../src/studies/autodiff/gradient-check.ts';
import { crossEntropy, linear, sigmoid } from '../../../src/studies/autodiff/operations.ts';
import { trainByEngine, trainByHand, twoClasses } from '../../../src/studies/autodiff/training.ts';

test('values and gradients of the three operations, by hand', () => {
  const parameters = { weights: Float64Array.of(2, -1), bias: Float64Array.of(0.5) };
  const { value, pullBack } = linear(Float64Array.of(1, 2, 3, 4), parameters);
  expect([...value]).toEqual([0.5, 2.5]);
  const { weights, bias } = pullBack(Float64Array.of(1, -2));
  expect([...weights, ...bias]).toEqual([1 - 6, 2 - 8, -1]);
  const half = sigmoid(Float64Array.of(0));
  expect([half.value[0], half.pullBack(Float64Array.of(8))[0]]).toEqual([0.5, 2]);
  const loss = crossEntropy(Float64Array.of(0.25, 0.5), Float64Array.of(1, 0));
  expect(loss.value[0]).toBeCloseTo((Math.log(4) + Math.log(2)) / 2, 12);
  // (p - t) / (n p (1 - p)): -0.75 / (2 · 0.1875), 0.5 / (2 · 0.25)
  expect([...loss.pullBack(Float64Array.of(1))]).toEqual([-2, 1]);
});

test('every operation’s gradient is that of differences of its values', () => {
  const rows = checkGradients([1e-5], 1).filter(({ difference }) => difference === 'central');
  expect(rows).toHaveLength(5);
  for (const { error } of rows) expect(error).toBeLessThan(1e-8);
});

test('steps written out are the engine’s', async () => {
  const points = twoClasses(128, [1, 1], 1);
  const settings = { steps: 20, batch: 32, learningRate: 0.5 };
  const [byHand, byEngine] = [trainByHand(points, settings), await trainByEngine(points, settings)];
  expect(byHand).toHaveLength(20);
  expect(byHand[19].loss).toBeLessThan(byHand[0].loss);
  byHand.forEach(({ loss, parameters: { weights, bias } }, step) => {
    const other = byEngine[step];
    expect(other.loss).toBeCloseTo(loss, 5);
    weights.forEach((weight, i) => {
      expect(other.parameters.weights[i]).toBeCloseTo(weight, 5);
    });
    expect(other.parameters.bias[0]).toBeCloseTo(bias[0], 5);
  });
});
