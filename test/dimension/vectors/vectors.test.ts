import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judgementsOf, queriesOf } from '../../../src/dimension/judgements/judgements.ts';
import { compareVectors } from '../../../src/dimension/vectors/compare.ts';
import { parseNpy } from '../../../src/dimension/vectors/npy.ts';
import {
  normalise,
  principalDirections,
  project,
  truncate,
} from '../../../src/dimension/vectors/projections.ts';
import { readVectors, vectorsFor } from '../../../src/dimension/vectors/read.ts';
import { stream } from '../../../src/random/streams.ts';

// Written by NumPy 2 and PyArrow: rows (1, -2.5, 0.375) and (0.1, 1e-5, 65504), named alpha and beta.
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
/** The files of some vectors: those of an array, and its names. */
const files = (name: string) =>
  name.endsWith('.npy') ? [fixture(name.replace('.npy', '.txt')), fixture(name)] : [fixture(name)];
const ROWS = [1, -2.5, 0.375, 0.1, 1e-5, 65504];

test.each([
  ['f2.npy', 1e-3],
  ['f4.npy', 1e-6],
  ['f8.npy', 1e-6],
  ['snappy.parquet', 1e-6],
  ['zstd.parquet', 1e-6],
  ['vectors.feather', 1e-6],
])('%s, whatever its numbers and order', async (name, tolerance) => {
  const { names, width, values } = await readVectors(files(name));
  expect(names).toEqual(['alpha', 'beta']);
  expect(width).toBe(3);
  values.forEach((x, i) => {
    expect(Math.abs(x - ROWS[i])).toBeLessThanOrEqual(
      tolerance * Math.max(Math.abs(ROWS[i]), 0.01),
    );
  });
});

test('what is no array of vectors is refused with the reason', async () => {
  expect(() => parseNpy(readFileSync(fixture('i4.npy')))).toThrow("numbers of type '<i4'");
  expect(() => parseNpy(readFileSync(fixture('one.npy')))).toThrow('1 dimensions, not of 2');
  expect(() => parseNpy(Buffer.from('hello, world'))).toThrow('not a NumPy file');
  expect(() => parseNpy(readFileSync(fixture('f8.npy')).subarray(0, -8))).toThrow('truncated');
  await expect(readVectors(files('no-vectors.parquet'))).rejects.toThrow('no column of text');
  await expect(readVectors(files('i4.csv'))).rejects.toThrow('read from .npy');
  await expect(readVectors([fixture('f4.npy')])).rejects.toThrow('f4.{npy,txt}');
  await expect(readVectors([fixture('f4.npy'), fixture('f8.npy')])).rejects.toThrow(
    '2 files for vectors (f4.npy, f8.npy)',
  );
});

test('vectors are found by name, and missing ones named', async () => {
  const vectors = await readVectors(files('f4.npy'));
  expect([...vectorsFor(['beta', 'alpha'], vectors, 'items')].slice(3, 5)).toEqual([1, -2.5]);
  expect(() => vectorsFor(['beta', 'gamma'], vectors, 'items')).toThrow(
    "1 of 2 items have no vector, e.g. 'gamma'",
  );
});

test('principal directions of stretched points, and rows of length 1', () => {
  const random = stream(1, 'pca-test');
  const values = new Float32Array(3 * 400);
  for (let row = 0; row < 400; row++) {
    const [a, b] = [10 * random.normal(), random.normal()];
    // Long along (3, 4, 0) / 5, short along (0, 0, 1), about a mean that is not 0.
    values.set([7 + 0.6 * a, 0.8 * a - 2, b], row * 3);
  }
  const directions = principalDirections({ width: 3, values });
  const first = [0, 3, 6].map((at) => directions[at]);
  expect(Math.abs(first[0] * 0.6 + first[1] * 0.8)).toBeCloseTo(1, 2);
  const lengths = normalise(truncate({ width: 3, values }, 2)).values;
  expect(Math.hypot(lengths[0], lengths[1])).toBeCloseTo(1, 6);
  const back = project({ width: 3, values }, Float32Array.of(1, 0, 0));
  expect(back.values[1]).toBe(values[3]);
});

test('vectors that made the judgements rank them, a learnt map finds them again after a rotation', async () => {
  // Items and queries of 3 dimensions, hidden in 6 among larger noise.
  const random = stream(1, 'compare-test');
  const [N, Q] = [40, 300];
  const normals = (n: number) => Array.from({ length: n }, () => random.normal());
  const [items, queries] = [N, Q].map((n) => Array.from({ length: n }, () => normals(3)));
  const sets = queries.map((q) => {
    const scores = items.map((k) => k.reduce((sum, x, i) => sum + x * q[i], 0));
    return items
      .map((_, i) => i)
      .sort((a, b) => scores[b] - scores[a])
      .slice(0, 4);
  });
  const judgements = judgementsOf(N, sets);
  const hide = (rows: readonly (readonly number[])[]) => ({
    width: 6,
    values: Float32Array.from(rows.flatMap((row) => [...normals(3).map((x) => 3 * x), ...row])),
  });
  const [fitted, heldOut] = [queries.slice(0, 220), queries.slice(220)];
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const steps: [number, number][] = [];
  const rows = await compareVectors(
    {
      fitted: queriesOf(judgements, range(0, 220)),
      heldOut: queriesOf(judgements, range(220, 300)),
    },
    { items: hide(items), queries: { fitted: hide(fitted), heldOut: hide(heldOut) } },
    [3],
    { steps: 200, learningRate: 0.1, onStep: (done, total) => steps.push([done, total]) },
  );
  // Progress only grows, and ends at what was announced.
  const [, announced] = steps[0];
  const isGrowing = steps.every(([done], i) => i === 0 || done > steps[i - 1][0]);
  expect(isGrowing && steps.every(([, total]) => total === announced)).toBe(true);
  expect(steps.at(-1)).toEqual([announced, announced]);
  const recall = (method: string, by: string, d: number) =>
    rows.find((row) => row.method === method && row.queries === by && row.d === d)?.recall ?? -1;
  // The noise comes first, and is what truncation and PCA keep.
  expect(recall('truncation', 'own', 3)).toBeLessThan(0.3);
  expect(recall('PCA', 'own', 3)).toBeLessThan(0.3);
  expect(recall('as given', 'own', 6)).toBeLessThan(0.5);
  expect(recall('learnt map', 'own', 3)).toBeGreaterThan(0.85);
  expect(recall('as given', 'free', 6)).toBeGreaterThan(0.9);
});
