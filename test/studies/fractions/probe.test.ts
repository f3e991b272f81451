import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { fitProbe, probeAccuracy } from '../../../src/studies/fractions/probe.ts';

const random = stream(1, 'probe');
const CENTRES = [0, 1, 2].map(() => Array.from({ length: 6 }, () => random.normal()));
const around = (count: number, noise: number) => {
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const vectors = labels.map((label) => CENTRES[label].map((x) => x + noise * random.normal()));
  return { vectors, labels };
};

test('classes around points of their own are told apart', () => {
  const probe = fitProbe(around(90, 0.1), 3);
  expect(probeAccuracy(probe, around(90, 0.1))).toBe(1);
});

test('labels that have nothing to do with the vectors are guessed', () => {
  const shuffled = () => {
    const { vectors, labels } = around(600, 0.5);
    random.shuffle(labels);
    return { vectors, labels };
  };
  expect(probeAccuracy(fitProbe(shuffled(), 3), shuffled())).toBeLessThan(0.45);
});

test('an exclusive or is no linear map', () => {
  const vectors = Array.from({ length: 200 }, (_, i) => [i % 2, (i >> 1) % 2]);
  const labels = vectors.map(([x, y]) => x ^ y);
  expect(probeAccuracy(fitProbe({ vectors, labels }, 2), { vectors, labels })).toBeLessThan(0.8);
});
