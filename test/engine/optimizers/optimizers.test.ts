import { expect, test } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  compile,
  momentum,
  type Optimizer,
  sgd,
  tf,
} from '../../../src/engine/index.ts';

type Vectors = Record<string, number[]>;
type Reference = (value: number[], gradient: number[], rate: number, t: number) => number[];

const STEPS = 200;
const START: Vectors = { w: [0.5, -1, 2, 0], b: [1e-3, -3] };
/** The learning rate changes over time, and `b` learns three times as fast. */
function rateAt(t: number): number {
  return 0.01 * (1 + Math.sin(t));
}
const MULTIPLIERS = { b: 3 };
/** Gradients that do not depend on the parameters, so that errors do not feed on themselves. */
function gradientAt(name: string, i: number, t: number): number {
  return Math.fround(Math.sin(7 * i + t * (name === 'w' ? 1 : 3)) * 10 ** (i - 2));
}

/** Runs an optimizer on the engine and its textbook form in float64; largest difference. */
async function deviation(
  optimizer: Optimizer,
  referenceOf: (name: string) => Reference,
  clipNorm = Infinity,
) {
  const specs = Object.fromEntries(
    Object.entries(START).map(([name, values]) => [
      name,
      { shape: [values.length], dtype: 'float32' as const, values: Float32Array.from(values) },
    ]),
  );
  const names = Object.keys(specs);
  const program = await compile({
    inputs: {
      ...Object.fromEntries(names.map((name) => [`d${name}`, specs[name]])),
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: (inputs, state) => {
      const gradients = Object.fromEntries(names.map((name) => [name, inputs[`d${name}`]]));
      const next = optimizer.update({
        parameters: Object.fromEntries(names.map((name) => [name, state[name]])),
        gradients:
          clipNorm === Infinity ? gradients : clipByGlobalNorm(gradients, clipNorm).gradients,
        state,
        learningRate: inputs.learningRate,
        multipliers: MULTIPLIERS,
      });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  const values: Vectors = structuredClone(START);
  const references = Object.fromEntries(names.map((name) => [name, referenceOf(name)]));
  let worst = 0;
  for (let t = 1; t <= STEPS; t++) {
    const gradients = Object.fromEntries(
      names.map((name) => [name, START[name].map((_, i) => gradientAt(name, i, t))]),
    );
    const rate = Math.fround(rateAt(t));
    await program.run({
      ...Object.fromEntries(names.map((name) => [`d${name}`, Float32Array.from(gradients[name])])),
      learningRate: Float32Array.of(rate),
    });
    const state = await program.readState();
    const norm = Math.hypot(...Object.values(gradients).flat());
    const shortening = norm > clipNorm ? clipNorm / norm : 1;
    for (const name of names) {
      const clipped = gradients[name].map((g) => g * shortening);
      const factor = name === 'b' ? MULTIPLIERS.b : 1;
      values[name] = references[name](values[name], clipped, rate * factor, t);
      for (const [i, want] of values[name].entries()) {
        worst = Math.max(worst, Math.abs(state[name][i] - want) / (1 + Math.abs(want)));
      }
    }
  }
  await program.dispose();
  return worst;
}

test('sgd descends along the gradient', async () => {
  const worst = await deviation(
    sgd(),
    () => (value, gradient, rate) => value.map((p, i) => p - rate * gradient[i]),
  );
  expect(worst).toBeLessThan(1e-5);
});

test('momentum accumulates gradients', async () => {
  const worst = await deviation(momentum({ momentum: 0.8 }), () => {
    let velocity: number[] | undefined;
    return (value, gradient, rate) => {
      velocity = gradient.map((g, i) => 0.8 * (velocity?.[i] ?? 0) + g);
      return value.map((p, i) => p - rate * (velocity?.[i] ?? 0));
    };
  });
  expect(worst).toBeLessThan(1e-5);
});

test.each([
  { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clipNorm: Infinity },
  { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clipNorm: 5 },
  { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, clipNorm: Infinity },
  { beta1: 0, beta2: 0.5, epsilon: 1e-8, clipNorm: 1 },
])(
  'adam follows the published algorithm with bias correction, after clipping: %o',
  async (options) => {
    const { beta1, beta2, epsilon, clipNorm } = options;
    const textbook = (name: string): Reference => {
      const m = START[name].map(() => 0);
      const v = START[name].map(() => 0);
      return (value, gradient, rate, t) =>
        value.map((p, i) => {
          m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
          v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] ** 2;
          const first = m[i] / (1 - beta1 ** t);
          const second = v[i] / (1 - beta2 ** t);
          return p - (rate * first) / (Math.sqrt(second) + epsilon);
        });
    };
    const worst = await deviation(adam({ beta1, beta2, epsilon }), textbook, clipNorm);
    expect(worst).toBeLessThan(2e-5);
  },
);

test('adam treats a parameter the same alone and packed with others', async () => {
  const spec = (size: number) => ({
    shape: [size],
    dtype: 'float32' as const,
    values: Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
  });
  const specs = { alone: spec(2 ** 14), packed: spec(100), neighbour: spec(7) };
  const optimizer = adam();
  const program = await compile({
    inputs: { learningRate: { shape: [], dtype: 'float32' } },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: ({ learningRate }, state) => {
      const { alone, packed, neighbour } = state;
      const next = optimizer.update({
        parameters: { alone, packed, neighbour },
        gradients: { alone: tf.sin(alone), packed: tf.sin(packed), neighbour: tf.cos(neighbour) },
        state,
        learningRate,
        multipliers: { alone: 2, packed: 2 },
      });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  for (let i = 0; i < 5; i++) await program.run({ learningRate: Float32Array.of(0.1) });
  const { alone, packed, neighbour } = await program.readState();
  expect([...packed]).toEqual([...alone.slice(0, 100)]);
  expect([...neighbour]).not.toEqual([...alone.slice(0, 7)]);
  await program.dispose();
});

test('clipByGlobalNorm scales gradients down to the limit, and keeps shorter ones', async () => {
  const spec = { shape: [2], dtype: 'float32' } as const;
  const program = await compile({
    inputs: { a: spec, b: spec },
    state: {},
    step: (inputs) => {
      const { gradients, norm } = clipByGlobalNorm(inputs, 2);
      return { outputs: { norm, clippedA: gradients.a, clippedB: gradients.b } };
    },
  });
  const clipped = async (a: number[], b: number[]) => {
    const feeds = { a: Float32Array.from(a), b: Float32Array.from(b) };
    const { norm, clippedA, clippedB } = await program.run(feeds);
    return [norm[0], ...clippedA, ...clippedB];
  };
  expect(await clipped([1, 5], [7, 5])).toEqual([10, 0.2, 1, 1.4, 1].map(Math.fround));
  expect(await clipped([1, 0], [0, -1])).toEqual([Math.fround(Math.SQRT2), 1, 0, 0, -1]);
  expect(await clipped([0, 0], [0, 0])).toEqual([0, 0, 0, 0, 0]);
  await program.dispose();
});
