import { expect, test } from 'vitest';
import { descend } from '../../../src/dimension/fit/descent.ts';
import { startingVectors } from '../../../src/dimension/fit/start.ts';
import { queryCount } from '../../../src/dimension/judgements/judgements.ts';
import { problemOf } from '../../../src/dimension/problems/problems.ts';
import { learnMaps } from '../../../src/dimension/vectors/learn-map.ts';
import { describeBackends } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';

const judgements = problemOf('limit-8');

/** Greatest difference. */
const distance = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

const { backends } = await describeBackends();
const tensorflow = backends.find(({ name }) => name === 'tensorflow');
const note = tensorflow?.works ? '' : ` (skipped: ${tensorflow?.detail})`;

test.skipIf(!tensorflow?.works).each([
  ['KL', { aim: 'kl' }],
  ['a margin', { aim: 'margin' }],
  ['MaxSim of two pieces', { aim: 'kl', pieces: 2 }],
  ['items of two bits', { aim: 'kl', levels: [4, 4] }],
] as const)(`the search for %s moves as it does on TensorFlow${note}`, async (_, shape) => {
  const restarts = [1, 2].map((seed) => ({ d: 4, seed }));
  const how = { moved: 'both', steps: 5, learningRate: 0.1, ...shape } as const;
  const start = startingVectors(judgements, restarts);
  const own = await descend(judgements, start, how);
  const theirs = await descend(judgements, start, { ...how, backend: 'tensorflow-cpu' });
  expect(distance(own.items, start.items)).toBeGreaterThan(0.1);
  expect(distance(own.items, theirs.items)).toBeLessThan(1e-4);
  expect(distance(own.queries, theirs.queries)).toBeLessThan(1e-4);
});

test.skipIf(!tensorflow?.works)(`maps are learnt as on TensorFlow${note}`, async () => {
  const random = stream(1, 'tensorflow-test');
  const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const rows = (count: number) => ({ width: 6, values: normals(6 * count) });
  const [items, asked] = [rows(judgements.items), rows(queryCount(judgements))];
  const search = { steps: 20, learningRate: 0.1 };
  const start = { items: normals(12), queries: normals(12) };
  const own = await learnMaps(judgements, items, asked, start, search);
  const on = { ...search, backend: 'tensorflow-cpu' } as const;
  const theirs = await learnMaps(judgements, items, asked, start, on);
  expect(distance(own.items, theirs.items)).toBeLessThan(1e-4);
  expect(distance(own.items, start.items)).toBeGreaterThan(0.01);
});
