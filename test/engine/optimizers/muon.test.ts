import { expect, test } from 'vitest';
import { adam, compile, either, muon, orthogonalise, sgd } from '../../../src/engine/index.ts';

/** Orthonormal columns: a Householder reflection of the first `columns` unit vectors. */
function frame(rows: number, columns: number, seed: number): number[][] {
  const v = Array.from({ length: rows }, (_, i) => Math.sin(seed + 3 * i));
  const vv = v.reduce((sum, x) => sum + x * x, 0);
  return v.map((vi, i) =>
    Array.from({ length: columns }, (_, j) => (i === j ? 1 : 0) - (2 * vi * v[j]) / vv),
  );
}

/** U diag(s) V', row-major, for fixed orthonormal U and V. */
function matrixOf(singular: readonly number[], rows: number, columns: number): Float32Array {
  const u = frame(rows, singular.length, 1);
  const v = frame(columns, singular.length, 2);
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return singular.reduce((sum, s, r) => sum + u[i][r] * s * v[j][r], 0);
  });
}

/** What the published iteration makes of one singular value. */
function iterated(start: number): number {
  let s = start;
  for (let i = 0; i < 5; i++) s = 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;
  return s;
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>) {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));
}

test.each([
  [3, 5],
  [5, 3],
  [4, 4],
])('muon moves every singular value of a %i x %i matrix alike', async (rows, columns) => {
  const singular = [3, 1, 0.2];
  const norm = Math.hypot(...singular);
  const program = await compile({
    inputs: { g: { shape: [rows, columns], dtype: 'float32' } },
    state: {},
    step: ({ g }) => ({ outputs: { x: orthogonalise(g as Parameters<typeof orthogonalise>[0]) } }),
  });
  const { x } = await program.run({ g: matrixOf(singular, rows, columns) });
  const ends = singular.map((s) => iterated(s / norm));
  for (const end of ends) expect(Math.abs(end - 0.95)).toBeLessThan(0.3);
  expect(apart(x, matrixOf(ends, rows, columns))).toBeLessThan(1e-4);
  await program.dispose();
});

test('muon steps along the orthogonal direction of its momentum, and leaves other parameters to Adam', async () => {
  const [rows, columns, rate, beta] = [3, 4, 0.1, 0.9];
  const w = { shape: [rows, columns], dtype: 'float32' } as const;
  const b = { shape: [2], dtype: 'float32' } as const;
  const parameters = {
    w: { ...w, values: new Float32Array(rows * columns) },
    b: { ...b, values: new Float32Array(2) },
  };
  const optimizer = either((name) => name === 'w', muon({ beta }), adam({ beta2: 0.99 }));
  const program = await compile({
    inputs: { dw: w, db: b },
    state: { ...parameters, ...optimizer.initialState(parameters) },
    step: ({ dw, db }, state) => {
      const next = optimizer.update({
        parameters: { w: state.w, b: state.b },
        gradients: { w: dw, b: db },
        state,
        learningRate: state.w.mean().mul(0).add(rate),
      });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  const gradient = [1, 0.5, 0.25];
  const expected = new Float64Array(rows * columns);
  let momentum = [0, 0, 0];
  for (const sign of [1, 1, -2]) {
    const g = gradient.map((s) => s * sign);
    await program.run({ dw: matrixOf(g, rows, columns), db: Float32Array.of(3, -7) });
    momentum = momentum.map((m, i) => beta * m + g[i]);
    const ahead = momentum.map((m, i) => g[i] + beta * m);
    const norm = Math.hypot(...ahead);
    const step = matrixOf(
      ahead.map((s) => iterated(s / norm)),
      rows,
      columns,
    );
    step.forEach((x, i) => {
      expected[i] -= rate * 0.2 * Math.sqrt(columns) * x;
    });
  }
  const state = await program.readState();
  expect(apart(state.w, expected)).toBeLessThan(1e-4);
  expect(apart(state.b, [-0.3, 0.3])).toBeLessThan(1e-5);
  await program.dispose();
});

test('muon does not move a matrix whose gradient is zero', async () => {
  const w = { shape: [2, 3], dtype: 'float32' } as const;
  const parameters = { w: { ...w, values: Float32Array.of(1, 2, 3, 4, 5, 6) } };
  const optimizer = either(() => true, muon(), sgd());
  const program = await compile({
    inputs: { dw: w, rate: { shape: [], dtype: 'float32' } },
    state: { ...parameters, ...optimizer.initialState(parameters) },
    step: ({ dw, rate }, state) => {
      const next = optimizer.update({
        parameters: { w: state.w },
        gradients: { w: dw },
        state,
        learningRate: rate,
      });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  await program.run({ dw: new Float32Array(6), rate: Float32Array.of(0.1) });
  expect([...(await program.readState()).w]).toEqual([1, 2, 3, 4, 5, 6]);
  await program.dispose();
});
