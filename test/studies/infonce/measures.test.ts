import { expect, test } from 'vitest';
import { jointOf, ratio } from '../../../src/studies/infonce/joints.ts';
import { divergence, measure } from '../../../src/studies/infonce/measures.ts';
import { joint, learned } from './joint.ts';

const p = joint([
  [0.4, 0.1],
  [0.1, 0.4],
]);

test('divergence is in nats and counts only the support', () => {
  const half = Float64Array.of(0.5, 0.5);
  expect(divergence(Float64Array.of(1, 0), half)).toBeCloseTo(Math.log(2), 12);
});

test('a table of log p learned p; one of log ratios learned the ratio', () => {
  const dependent = jointOf('dependent');
  const joints = measure(learned(p, p.p.map(Math.log)));
  expect(joints.klJoint).toBeCloseTo(0, 12);
  const ratios = measure(learned(dependent, ratio(dependent).map(Math.log)));
  expect(ratios.klRatio).toBeCloseTo(0, 12);
  expect(ratios.klCorrected).toBeCloseTo(0, 12);
  expect(ratios.klJoint).toBeGreaterThan(0.1);
});

test('aligned divergences forgive a factor per connected part, and nothing else', () => {
  const blocks = joint([
    [0.5, 0],
    [0, 0.5],
  ]);
  const { klJoint, klJointAligned, leak } = measure(
    learned(blocks, Float64Array.of(3, -50, -50, 0)),
  );
  expect(klJoint).toBeGreaterThan(0.3);
  expect(klJointAligned).toBeCloseTo(0, 12);
  expect(leak).toBeLessThan(1e-20);
});

test('the best guess from the ratio needs the marginal', () => {
  const words = jointOf('new york');
  const row = measure(learned(words, ratio(words).map(Math.log)));
  expect(row.accuracyCorrected).toBeCloseTo(row.accuracyBest, 12);
  expect(row.accuracyRaw).toBeLessThan(row.accuracyBest);
});
