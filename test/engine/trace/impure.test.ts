import { readFileSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile, type StepDefinition, saveOnnx, tf } from '../../../src/engine/index.ts';
import { failureOf } from '../failure.ts';

type Step = StepDefinition['step'];

const SOURCE = readFileSync(import.meta.filename, 'utf8').split('\n');
const inputs = { a: { shape: [2, 3], dtype: 'float32' } } as const;

/** Where this file has the comment `mark: NAME`, as stack traces put it. */
function marked(name: string): string {
  const line = SOURCE.findIndex((text) => text.endsWith(`// mark: ${name}`));
  return `impure.test.ts:${line + 1}:`;
}

function definition(step: Step): StepDefinition {
  return { inputs, state: {}, step };
}

function compileFailure(step: Step): Promise<string> {
  return failureOf(() => compile(definition(step)));
}

function y(tensor: Tensor) {
  return { outputs: { y: tensor } };
}

test('a step that runs other code when it is called again is refused, with kernel and line', async () => {
  let calls = 0;
  const step: Step = ({ a }) => {
    const isFirst = calls++ % 2 === 0;
    const b = tf.mul(a, 3);
    return y(isFirst ? tf.relu(b) : tf.sigmoid(b)); // mark: other code
  };
  const message = await compileFailure(step);
  expect(message).toMatch(
    /computes something else when it is called again \(first at kernel Relu\): .* an input or a state/,
  );
  expect(message).toContain(marked('other code'));
});

test('a step that uses another number when it is called again is refused', async () => {
  let rate = 0;
  const message = await compileFailure(({ a }) => {
    rate += 0.1;
    return y(tf.add(tf.mul(a, rate), 1)); // mark: another number
  });
  expect(message).toMatch(/when it is called again \(first at kernel Multiply\)/);
  expect(message).toContain(marked('another number'));
});

test('a step whose first call alone is different is refused', async () => {
  let isFirst = true;
  const message = await compileFailure(({ a }) => {
    const b = isFirst ? tf.exp(a) : a;
    isFirst = false;
    return y(tf.neg(b));
  });
  expect(message).toMatch(/computes something else when it is called again/);
});

test('a step that returns other outputs, or takes other inputs, is refused', async () => {
  let calls = 0;
  expect(await compileFailure(({ a }) => ({ outputs: { [`y${calls++}`]: a } }))).toMatch(
    /computes something else when it is called again: /,
  );
  const two = { ...inputs, b: inputs.a };
  const step: Step = ({ a, b }) => y(tf.neg(calls++ % 2 === 0 ? a : b));
  expect(await failureOf(() => compile({ inputs: two, state: {}, step }))).toMatch(
    /something else .* \(first at kernel Neg\)/,
  );
});

test('a step that is saved as a file must be pure too', async () => {
  let rate = 0;
  const step: Step = ({ a }) => y(tf.mul(a, rate++));
  expect(await failureOf(() => saveOnnx('/nowhere/impure.onnx', definition(step)))).toMatch(
    /computes something else when it is called again/,
  );
});

test('captured tensors, random operations and gradients are the same in every call', async () => {
  const captured = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const program = await compile(
    definition(({ a }) => {
      const slope = tf.grad((x) => tf.sum(tf.square(tf.mul(x, captured))))(a);
      return y(tf.add(slope, tf.dropout(tf.randomNormal([2, 3]), 0.5)));
    }),
  );
  const { y: values } = await program.run({ a: new Float32Array(6) }, { seed: 1 });
  expect(values).toHaveLength(6);
  await program.dispose();
});
