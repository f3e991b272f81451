import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compile, type StepDefinition } from '../../../src/engine/index.ts';
import { failureOf } from '../failure.ts';

const inputs = { a: { shape: [2, 3], dtype: 'float32' } } as const;

function y(tensor: Tensor) {
  return { outputs: { y: tensor } };
}

describe.each(['onnxruntime', 'cpu'] as const)(
  'on %s, the error of a definition names',
  (backend) => {
    const w = { shape: [2], dtype: 'float32', values: new Float32Array(2) } as const;
    const good = { inputs, state: { w }, step: ({ a }: Record<string, Tensor>) => y(a) };
    test.each([
      [
        'a size that is not fixed',
        { inputs: { a: { shape: [-1, 3], dtype: 'float32' } } },
        /input 'a' has shape \[-1,3\]: every size must be a whole number/,
      ],
      [
        'a size that is not whole',
        { state: { w: { ...w, shape: [1.5] } } },
        /state 'w' has shape \[1.5\]/,
      ],
      ['no shape', { inputs: { a: { dtype: 'float32' } } }, /input 'a' has shape \[undefined\]/],
      [
        'another type',
        { inputs: { a: { shape: [], dtype: 'float64' } } },
        /input 'a' has dtype 'float64'; known: float32, int32, bool/,
      ],
      [
        'too many values',
        { state: { w: { ...w, values: new Float32Array(3) } } },
        /state 'w' has shape \[2\], 2 elements, but got 3/,
      ],
      [
        'values of another type',
        { state: { w: { ...w, values: new Int32Array(2) } } },
        /state 'w' is float32 and needs a Float32Array, not Int32Array/,
      ],
      [
        'plain numbers',
        { state: { w: { ...w, values: [1, 2] } } },
        /needs a Float32Array, not Array/,
      ],
      ['no state', { state: undefined }, /needs state: \{ name: \{ shape, dtype \} \}/],
      ['no step', { step: undefined }, /needs step: \(inputs, state\) =>/],
    ] as const)('%s', async (_name, change, pattern) => {
      const definition = { ...good, ...change } as unknown as StepDefinition;
      expect(await failureOf(() => compile(definition, { backend }))).toMatch(pattern);
    });
  },
);
