import { describe, expect, test } from 'vitest';
import { compile, type StepDefinition, tf } from '../../../src/engine/index.ts';
import { failureOf } from '../failure.ts';

describe('an error in the use of a program', () => {
  const definition: StepDefinition = {
    inputs: { x: { shape: [2], dtype: 'float32' } },
    state: { w: { shape: [2], dtype: 'float32', values: new Float32Array(2) } },
    step: ({ x }, { w }) => ({ outputs: { y: tf.mul(x, w) }, state: { w: tf.add(w, x) } }),
  };

  test.each(['onnxruntime', 'cpu'] as const)(
    'names wrong inputs and state on %s',
    async (backend) => {
      const program = await compile(definition, { backend });
      const x = Float32Array.of(1, 2);
      expect(await failureOf(() => program.run({}))).toMatch(/input 'x' is missing/);
      expect(await failureOf(() => program.run({ x: new Float32Array(3) }))).toMatch(
        /input 'x' has shape \[2\], 2 elements, but got 3/,
      );
      expect(await failureOf(() => program.run({ x: new Int32Array(2) }))).toMatch(
        /input 'x' is float32 and needs a Float32Array, not Int32Array/,
      );
      expect(await failureOf(() => program.writeState({}))).toMatch(/state 'w' is missing/);
      expect(await failureOf(() => program.writeState({ w: x, v: x }))).toMatch(
        /no state 'v'; known: w/,
      );
      await program.run({ x });
      await program.dispose();
    },
  );

  test.each(['onnxruntime', 'cpu'] as const)(
    'refuses work after dispose on %s',
    async (backend) => {
      const program = await compile(definition, { backend });
      await program.dispose();
      await program.dispose();
      expect(await failureOf(() => program.run({ x: new Float32Array(2) }))).toMatch(
        /cannot run a disposed program/,
      );
      expect(await failureOf(() => program.readState())).toMatch(/disposed/);
      expect(await failureOf(() => program.writeState({}))).toMatch(/disposed/);
    },
  );
});
