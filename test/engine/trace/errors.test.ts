import { readFileSync } from 'node:fs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, test, vi } from 'vitest';
import { compile, type StepDefinition, sgd, tf } from '../../../src/engine/index.ts';
import { symbolic } from '../../../src/engine/kernels/symbolic.ts';
import { recordingBackend, registerKernels } from '../../../src/engine/recording/register.ts';
import { failureOf } from '../failure.ts';

type Step = StepDefinition['step'];

const SOURCE = readFileSync(import.meta.filename, 'utf8').split('\n');

/** Where this file has the comment `mark: NAME`, as stack traces put it. */
function marked(name: string): string {
  const line = SOURCE.findIndex((text) => text.endsWith(`// mark: ${name}`));
  return `errors.test.ts:${line + 1}:`;
}

const inputs = {
  a: { shape: [2, 3], dtype: 'float32' },
  b: { shape: [4, 5], dtype: 'float32' },
  ids: { shape: [2], dtype: 'int32' },
} as const;

function compileFailure(step: Step): Promise<string> {
  return failureOf(() => compile({ inputs, state: {}, step }, { backend: 'onnxruntime' }));
}

const OUTER = tf.variable(tf.scalar(2));

function y(tensor: Tensor) {
  return { outputs: { y: tensor } };
}

describe('the error names op, shapes and line of', () => {
  const cases: Readonly<Record<string, readonly [Step, ...RegExp[]]>> = {
    'shapes that do not multiply': [
      ({ a, b }) => y(tf.matMul(a as Tensor2D, b as Tensor2D)), // mark: shapes that do not multiply
      /matMul/,
      /2,3.*4,5.*inner dimensions 3 and 4 differ/,
    ],
    'shapes that do not broadcast': [
      ({ a, b }) => y(tf.add(a, b)), // mark: shapes that do not broadcast
      /add/i,
      /2,3.*4,5/,
    ],
    'a shape that does not hold the elements': [
      ({ a }) => y(tf.reshape(a, [4, 2])), // mark: a shape that does not hold the elements
      /reshape/,
      /6.*4,2|4,2.*6/,
    ],
    'shapes that do not concatenate': [
      ({ a, b }) => y(tf.concat([a, b], 0)), // mark: shapes that do not concatenate
      /concat/i,
      /2,3.*4,5/,
    ],
    'a float where indices are wanted': [
      ({ a }) => y(tf.gather(a, a as Tensor as Tensor1D)), // mark: a float where indices are wanted
      /gather/,
      /must be int32 tensor, but got float32 tensor/,
    ],
    'an element type the engine does not have': [
      () => y(tf.tensor(['a', 'b'])), // mark: an element type the engine does not have
      /string tensors are not supported: use float32, int32 or bool/,
    ],
    'a tensor read at once': [
      ({ a }) => y(tf.scalar(a.dataSync()[0])), // mark: a tensor read at once
      /shape \[2,3\] is read inside a traced step.*return it as an output.*tf\.where/,
    ],
    'control flow that depends on data': [
      ({ a }) => {
        if (tf.sum(a).dataSync()[0] > 0) return y(a); // mark: control flow that depends on data
        return y(tf.neg(a));
      },
      /shape \[\] is read inside a traced step.*tf\.where/,
    ],
    'a variable created inside': [
      ({ a }) => y(tf.variable(a)), // mark: a variable created inside
      /variable is created inside a traced step: declare it as state/,
    ],
    'a variable assigned inside': [
      ({ a }) => {
        OUTER.assign(tf.mean(a)); // mark: a variable assigned inside
        return y(a);
      },
      /variable of shape \[\] is assigned inside a traced step: return its next value as state/,
    ],
    'an optimizer of tfjs': [
      ({ a }) => y(tf.train.adam(0.1).minimize(() => tf.mean(a), true) as Tensor), // mark: an optimizer of tfjs
      /variable is created inside a traced step: declare it as state/,
    ],
    'a loop that depends on data': [
      ({ a }) => {
        let x = a;
        while (tf.mean(x).dataSync()[0] < 3) x = tf.mul(x, 2); // mark: a loop that depends on data
        return y(x);
      },
      /shape \[\] is read inside a traced step.*tf\.where/,
    ],
    'an input that was not declared': [
      (all) => y(tf.square(all.absent)), // mark: an input that was not declared
      /square.*must be a Tensor/,
    ],
    'random numbers of JavaScript': [
      ({ a }) => y(tf.add(a, Math.random())), // mark: random numbers of JavaScript
      /random number is drawn inside a traced step.*pass it as an input/,
    ],
    'random numbers of a gamma distribution': [
      ({ a }) => y(tf.add(a, tf.randomGamma([2, 3], 1))), // mark: random numbers of a gamma distribution
      /random number is drawn inside a traced step.*tf\.randomNormal/,
    ],
    'a tensor that was disposed': [
      ({ a }) => {
        const twice = tf.mul(a, 2);
        twice.dispose();
        return y(tf.add(twice, 1)); // mark: a tensor that was disposed
      },
      /disposed/,
    ],
    'a kernel that is missing': [
      ({ a }) => y(tf.multinomial(a as tf.Tensor2D, 2, 1)), // mark: a kernel that is missing
      /kernel Multinomial, which tf\.multinomial needs, is not implemented/,
    ],
    'a mistake inside a gradient': [
      ({ a, b }) => {
        const loss = (x: Tensor) => tf.sum(tf.mul(tf.square(x), b)); // mark: a mistake inside a gradient
        return y(tf.grad(loss)(a));
      },
      /multiply/i,
      /2,3.*4,5/,
    ],
  };

  for (const [name, [step, ...patterns]] of Object.entries(cases)) {
    test(name, async () => {
      const message = await compileFailure(step);
      for (const pattern of patterns) expect(message).toMatch(pattern);
      expect(message).toContain(marked(name));
      expect(message.match(/\n {4}at /g)).toHaveLength(1);
    });
  }

  test('a step that awaits data', async () => {
    const step = async ({ a }: Readonly<Record<string, Tensor>>) =>
      y(tf.scalar((await a.data())[0])); // mark: a step that awaits data
    const message = await compileFailure(step as unknown as Step);
    expect(message).toMatch(/shape \[2,3\] is read inside a traced step/);
    expect(message).toContain(marked('a step that awaits data'));
  });

  test('a step that fails while it runs names its operation and line', async () => {
    const program = await compile({
      inputs,
      state: {},
      step: ({ a, ids }) => y(tf.gather(a, ids as Tensor1D)), // mark: a failure while running
    });
    const feeds = { a: new Float32Array(6), b: new Float32Array(20), ids: Int32Array.of(0, 9) };
    const message = await failureOf(() => program.run(feeds));
    expect(message).toMatch(/idx=9/);
    expect(message).toMatch(/Gather for tf\.gather of float32\[2,3\], int32\[2\]/);
    expect(message).toContain(marked('a failure while running'));
    // The program is still good.
    await program.run({ ...feeds, ids: Int32Array.of(1, 0) });
    await program.dispose();
  });

  test('a session that fails to build', async () => {
    registerKernels({
      Bad: (graph, { x }) => symbolic(graph.op('NoSuchOperation', [x.value], x.shape, 'float32')),
    });
    const step: Step = ({ a }) => {
      const [bad] = [tf.engine().runKernel('Bad', { x: a })]; // mark: a session that fails to build
      return y(bad as Tensor);
    };
    const message = await compileFailure(step);
    expect(message).toMatch(/rejected the traced graph/);
    expect(message).toMatch(/NoSuchOperation.* of float32\[2,3\]/s);
    expect(message).toContain(marked('a session that fails to build'));
  });
});

describe('a warning', () => {
  const warningsOf = async (step: Step, given: StepDefinition['inputs'] = inputs) => {
    const warnings: string[] = [];
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(((
      message: string,
      { detail }: { detail: string },
    ) => {
      warnings.push(`${message} at ${detail}`);
    }) as typeof process.emitWarning);
    try {
      const program = await compile({ inputs: given, state: {}, step }, { backend: 'onnxruntime' });
      await program.dispose();
      return warnings;
    } finally {
      emit.mockRestore();
    }
  };

  test('is emitted for a large constant, which would be baked into the graph', async () => {
    const data = Float32Array.from({ length: 1_000_002 }, (_, i) => i);
    const captured = await warningsOf(({ a }) => y(tf.mul(tf.sum(a), tf.tensor1d(data)))); // mark: large
    expect(captured).toHaveLength(1);
    expect(captured[0]).toMatch(
      /constant of shape \[1000002\] is baked.*make it an input or a state/,
    );
    expect(captured[0]).toContain(marked('large'));
    const given = { a: inputs.a, data: { shape: [data.length], dtype: 'float32' } } as const;
    expect(await warningsOf((x) => y(tf.mul(tf.sum(x.a), x.data)), given)).toEqual([]);
  });

  test('is emitted for a learning rate that is a number', async () => {
    const stepped = (learningRate: Tensor, a: Tensor) =>
      sgd().update({ parameters: { a }, gradients: { a }, state: {}, learningRate }).parameters.a;
    const [baked] = await warningsOf(({ a }) => y(stepped(tf.scalar(0.1), a)));
    expect(baked).toMatch(/learning rate is a constant of the compiled step.*make it an input/);
    expect(baked).toMatch(/errors\.test\.ts/);
    const given = { a: inputs.a, rate: { shape: [], dtype: 'float32' } } as const;
    expect(await warningsOf(({ a, rate }) => y(stepped(rate, a)), given)).toEqual([]);
  });
});

describe('an error in what a step returns', () => {
  test('says that the result is missing, a promise or not a tensor', async () => {
    expect(await compileFailure((() => undefined) as unknown as Step)).toMatch(
      /must return \{ outputs, state \}/,
    );
    expect(await compileFailure((async () => y(tf.scalar(1))) as unknown as Step)).toMatch(
      /asynchronous/,
    );
    expect(await compileFailure((() => y(3 as unknown as Tensor)) as Step)).toMatch(
      /output 'y' of the step is not a tensor/,
    );
  });

  test('names a state that was not declared or that changes shape', async () => {
    const state = { w: { shape: [2], dtype: 'float32', values: new Float32Array(2) } } as const;
    const failure = (next: Record<string, Tensor>) =>
      failureOf(() => compile({ inputs: {}, state, step: () => ({ outputs: {}, state: next }) }));
    expect(await failure({ v: tf.zeros([2]) })).toMatch(/state 'v' .*not declared; known: w/);
    expect(await failure({ w: tf.zeros([3]) })).toMatch(/state 'w' from \[2\] to \[3\]/);
  });
});

test('a failed trace leaves tfjs as it was', async () => {
  const backend = tf.getBackend();
  await compileFailure(() => y(tf.add(tf.randomNormal([2]), Math.random())));
  expect(tf.getBackend()).toBe(backend);
  expect(recordingBackend().isTracing).toBe(false);
  expect(Math.random()).not.toBe(Math.random());
  tf.variable(tf.scalar(1)).dispose();
  OUTER.assign(tf.scalar(3));
  expect(await OUTER.data()).toEqual(Float32Array.of(3));
  tf.randomUniform([2], 0, 1, 'float32', 1).dispose();
  expect('random' in {}).toBe(false);
});
