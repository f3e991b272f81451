import { expect } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { numbers } from '../transformer.ts';

const BACKENDS = ['cpu', 'onnxruntime'] as const;

/** Deterministic numbers in (-1, 1). */
export function random(shape: number[], seed = 1): tf.Tensor {
  const next = numbers(seed);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), shape);
}

/** Results of `f` on the cpu backend and on the engine's. */
export async function onBoth<T>(f: () => Promise<T>): Promise<readonly [T, T]> {
  const results: T[] = [];
  for (const backend of BACKENDS) {
    await tf.setBackend(backend);
    results.push(await f());
    tf.disposeVariables();
  }
  return [results[0], results[1]];
}

export function expectClose(
  got: readonly number[],
  want: readonly number[],
  tolerance = 1e-5,
): void {
  expect(got).toHaveLength(want.length);
  for (const [i, x] of want.entries()) {
    expect(Math.abs(got[i] - x), `${i}: ${got[i]} for ${x}`).toBeLessThan(
      tolerance * (1 + Math.abs(x)),
    );
  }
}
