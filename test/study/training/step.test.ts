import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compile, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import type { Parameters } from '../../../src/study/models/parameters.ts';
import { querySpecs, queryTensors } from '../../../src/study/models/queries.ts';
import { queryValues } from '../../../src/study/models/query-batch.ts';
import { scoringStep } from '../../../src/study/models/score.ts';
import { batchLoss, type Loss, type Objective } from '../../../src/study/training/step.ts';
import { configuration, exampleBatch, parametersOf } from '../models/fixtures.ts';

const SIZE = 3;

/** Loss and gradients of a batch on the engine, for any values of the parameters. */
async function lossProgram(
  model: ModelConfiguration,
  objective: Objective,
  start: Parameters,
  lossName?: Loss,
) {
  const names = Object.keys(start);
  const batch = exampleBatch(model, SIZE);
  const program = await compile({
    inputs: {
      ...querySpecs(model, SIZE, batch.length),
      keys: { shape: [SIZE], dtype: 'int32' },
      shares: { shape: [SIZE, model.keys], dtype: 'float32' },
    },
    state: Object.fromEntries(
      names.map((name) => [name, { ...start[name], dtype: 'float32' as const }]),
    ),
    step: (inputs, state) => {
      const loss = (...values: Tensor[]) =>
        batchLoss(
          {
            model,
            objective,
            batch: SIZE,
            keyRate: 1,
            ...(lossName === undefined ? {} : { loss: lossName }),
          },
          Object.fromEntries(names.map((name, i) => [name, values[i]])) as NamedTensors,
          queryTensors(inputs),
          { ...inputs, keys: inputs.keys as Tensor1D },
        );
      const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]));
      return {
        outputs: { value, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i]])) },
      };
    },
  });
  const random = stream(8, 'test labels');
  const keys = Int32Array.from({ length: SIZE }, () => random.below(model.keys));
  const shares = new Float32Array(SIZE * model.keys).map(() => random.float());
  const inputs = { ...queryValues(batch), keys, shares };
  return {
    dispose: () => program.dispose(),
    async at(values: Readonly<Record<string, Float32Array>>) {
      await program.writeState(values);
      const outputs = await program.run(inputs);
      const gradients = names.map((name) => [name, Float32Array.from(outputs[`d ${name}`])]);
      return { value: outputs.value[0], gradients: Object.fromEntries(gradients) };
    },
  };
}

const members = configuration({ layout: { kind: 'members' } });
const start = configuration({ encoder: { ...configuration().encoder, pooling: 'start' } });
/** Numbers per token: fewer than the tables have vectors, and more than twice as many. */
const [NARROW, WIDE] = [8, 64];
const wide = configuration({ encoder: { ...configuration().encoder, width: WIDE } });
const noncontrastive = (width: number) =>
  configuration({
    model: 'noncontrastive',
    encoder: { ...configuration().encoder, layers: 4, width },
  });

describe('the gradient of the loss', () => {
  test.each([
    ['contrastive, sampled', configuration(), 'sampled'],
    ['contrastive, expected', configuration(), 'expected'],
    ['contrastive, start pooling', start, 'expected'],
    ['contrastive, padded members', members, 'expected'],
    ['contrastive, wide', wide, 'expected'],
    ['non-contrastive, sampled', noncontrastive(NARROW), 'sampled'],
    ['non-contrastive, expected', noncontrastive(NARROW), 'expected'],
    ['non-contrastive, wide', noncontrastive(WIDE), 'expected'],
    ['contrastive, cross-entropy', configuration(), 'expected', 'cross-entropy'],
    ['non-contrastive, InfoNCE', noncontrastive(NARROW), 'expected', 'infonce'],
    ['non-contrastive, InfoNCE, sampled', noncontrastive(NARROW), 'sampled', 'infonce'],
  ] as const)(
    'is the slope of the loss along every parameter: %s',
    async (_, model, objective, loss?: Loss) => {
      const parameters = parametersOf(model);
      const program = await lossProgram(model, objective, parameters, loss);
      const values = Object.fromEntries(
        Object.entries(parameters).map(([name, { values }]) => [name, values]),
      );
      const { gradients } = await program.at(values);
      const random = stream(9, 'test directions');
      for (const name of Object.keys(values)) {
        // Along the gradient itself, where there is one, the slope stands out of float32's rounding.
        const gradient = gradients[name] as Float32Array;
        const noise = 0.1 * Math.hypot(...gradient);
        const along = Float64Array.from(
          gradient,
          (g) => g + (noise * random.normal()) / gradient.length ** 0.5,
        );
        const length = Math.hypot(...along) || 1;
        const direction = along.map((x) => x / length);
        const step = 2e-3;
        const moved = async (by: number) => {
          const shifted = values[name].map((x, i) => x + by * direction[i]);
          return (await program.at({ ...values, [name]: shifted })).value;
        };
        const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
        const expected = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
        expect(Math.abs(slope - expected), name).toBeLessThan(5e-4 + 0.02 * Math.abs(expected));
      }
      await program.dispose();
    },
  );
});

describe('the loss of a model', () => {
  const lossOf = async (model: ModelConfiguration, objective: Objective, loss?: Loss) => {
    const parameters = parametersOf(model);
    const program = await lossProgram(model, objective, parameters, loss);
    const values = Object.entries(parameters).map(([name, { values }]) => [name, values]);
    const { value } = await program.at(Object.fromEntries(values));
    await program.dispose();
    return value;
  };

  test('is InfoNCE if it is contrastive, else cross-entropy, unless it is named', async () => {
    const dual = configuration();
    const cross = noncontrastive(NARROW);
    expect(await lossOf(dual, 'expected', 'infonce')).toBe(await lossOf(dual, 'expected'));
    expect(await lossOf(cross, 'sampled', 'cross-entropy')).toBe(await lossOf(cross, 'sampled'));
    const other = await lossOf(dual, 'expected', 'cross-entropy');
    expect(Math.abs(other - (await lossOf(dual, 'expected')))).toBeGreaterThan(1e-3);
  });

  test('with sampled InfoNCE is over the columns of the batch’s keys, whatever the model', async () => {
    const model = noncontrastive(NARROW);
    const batch = exampleBatch(model, SIZE);
    const program = await scoreProgram(model, batch);
    const { scores } = await program.run(queryValues(batch));
    await program.dispose();
    const random = stream(8, 'test labels');
    const keys = Array.from({ length: SIZE }, () => random.below(model.keys));
    const s = keys.map((_, i) => keys.map((key) => scores[i * model.keys + key]));
    const logSumExp = (values: readonly number[]) =>
      Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
    const terms = s.map((row, i) => logSumExp(row) + logSumExp(s.map((r) => r[i])) - 2 * row[i]);
    const mean = terms.reduce((sum, term) => sum + term, 0) / (2 * SIZE);
    expect(await lossOf(model, 'sampled', 'infonce')).toBeCloseTo(mean, 5);
  });
});

function scoreProgram(model: ModelConfiguration, batch: ReturnType<typeof exampleBatch>) {
  return compile(scoringStep(model, parametersOf(model), SIZE, batch.length));
}
