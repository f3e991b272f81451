import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';
import {
  compile,
  type NamedValues,
  type StepDefinition,
  type TensorSpec,
  tf,
} from '../../../src/engine/index.ts';
import { kernels } from '../../../src/engine/kernels/table.ts';
import { standardModel } from '../../../src/engine/programs/save-onnx.ts';
import { numbers } from '../transformer.ts';

import { CASES, type Case, UNUSED_KERNELS } from './cases.ts';

function exampleOf([shapes, op]: Case) {
  const specs = shapes.map(
    (shape): TensorSpec =>
      shape === 'int' ? { shape: [6], dtype: 'int32' } : { shape, dtype: 'float32' },
  );
  const random = numbers(3);
  const values = specs.map(({ shape, dtype }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return dtype === 'int32'
      ? Int32Array.from({ length }, (_, i) => (i * 5) % 3)
      : Float32Array.from({ length }, random);
  });
  const definition: StepDefinition = {
    inputs: Object.fromEntries(specs.map((spec, i) => [`x${i}`, spec])),
    state: {},
    step: (inputs) => ({
      outputs: Object.fromEntries(
        [op(...Object.values(inputs))].flat().map((tensor, i) => [`y${i}`, tensor]),
      ),
    }),
  };
  return { definition, feeds: Object.fromEntries(values.map((data, i) => [`x${i}`, data])) };
}

function expectClose(got: NamedValues, want: NamedValues): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const [key, data] of Object.entries(want)) {
    expect(got[key], key).toHaveLength(data.length);
    for (const [i, value] of data.entries()) {
      const close =
        Object.is(got[key][i], value) ||
        Math.abs(got[key][i] - value) <= 1e-5 * (1 + Math.abs(value));
      expect(close, `${key}[${i}]: ${got[key][i]}, cpu ${value}`).toBe(true);
    }
  }
}

/** Results of the saved function in the stock web runtime. */
async function runOnWeb(definition: StepDefinition, values: NamedValues): Promise<NamedValues> {
  web.env.wasm.numThreads = 1;
  const session = await web.InferenceSession.create(standardModel(definition));
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => {
      const { shape, dtype } = definition.inputs[name];
      return [
        name,
        new web.Tensor(dtype as 'float32', values[name] as Float32Array, [...shape] as number[]),
      ];
    }),
  );
  const results = await session.run(feeds);
  await session.release();
  const named = Object.entries(results).map(([name, { data }]) => [name, data]);
  return Object.fromEntries(named) as NamedValues;
}

test.each(Object.entries({ ...CASES, ...UNUSED_KERNELS }))(
  '%s, compiled and saved for the web, matches the cpu backend',
  async (_name, example) => {
    const { definition, feeds } = exampleOf(example);
    const compiled = await compile(definition, { backend: 'onnxruntime' });
    const eager = await compile(definition, { backend: 'cpu' });
    const want = await eager.run(feeds);
    expectClose(await compiled.run(feeds), want);
    expect(compiled.outputs).toEqual(eager.outputs);
    expectClose(await runOnWeb(definition, feeds), want);
    await compiled.dispose();
  },
);

test('the cases cover every kernel of the engine', async () => {
  await tf.setBackend('onnxruntime');
  const used = new Set<string>();
  for (const example of Object.values(CASES)) {
    const { definition, feeds } = exampleOf(example);
    const { kernelNames } = await tf.profile(() => {
      const tensors = Object.entries(definition.inputs).map(
        ([name, { shape, dtype }]) =>
          [name, tf.tensor(feeds[name], [...shape] as number[], dtype)] as const,
      );
      return Object.values(definition.step(Object.fromEntries(tensors), {}).outputs);
    });
    for (const name of kernelNames) used.add(name);
  }
  expect(
    Object.keys(kernels)
      .filter((name) => !used.has(name))
      .sort(),
  ).toEqual(Object.keys(UNUSED_KERNELS).sort());
});
