import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { compileModel, freeSessions, tf } from '../../../src/engine/index.ts';
import { BatchStep } from '../../../src/engine/models/batch-step.ts';
import { failureOf } from '../failure.ts';
import { expectClose, onBoth } from '../recording/both-backends.ts';
import { dense, denseBatch, NETWORKS, network, weightsOf } from './networks.ts';

const graphRuns = vi.spyOn(BatchStep.prototype, 'run');
beforeEach(async () => {
  graphRuns.mockClear();
  await tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

const QUIET = { verbose: 0, shuffle: false, batchSize: 8 } as const;

function losses(history: tf.History): number[] {
  return Object.values(history.history).flat() as number[];
}

describe('model.fit on the onnxruntime backend', () => {
  test.each(Object.keys(NETWORKS))('trains %s to the numbers of the cpu backend', async (name) => {
    const [want, got] = await onBoth(async () => {
      const { model, x, y } = network(name);
      const history = await model.fit(x, y, { ...QUIET, epochs: 3, validationData: [x, y] });
      const [loss] = [model.evaluate(x, y, { batchSize: 8 })].flat();
      const predicted = (model.predict(x) as tf.Tensor).dataSync();
      return [...losses(history), loss.dataSync()[0], ...predicted, ...weightsOf(model)];
    });
    expectClose(got, want, 2e-4);
    // Batches of 8, 8 and 4 samples: all but the first training step, every validation step, the evaluation.
    expect(graphRuns).toHaveBeenCalledTimes(8 + 9 + 3);
  });

  test.each(['sgd', 'momentum', 'adagrad', 'adadelta', 'adam', 'adamax', 'rmsprop'] as const)(
    'follows %s, whose learning rate changes',
    async (name) => {
      const [want, got] = await onBoth(async () => {
        const optimizer = name === 'momentum' ? tf.train.momentum(0.01, 0.9) : tf.train[name](0.01);
        const model = dense();
        model.compile({ optimizer, loss: 'categoricalCrossentropy' });
        const { x, y } = denseBatch();
        const onEpochBegin = async (epoch: number) => {
          if (epoch !== 2) return;
          if ('setLearningRate' in optimizer) (optimizer as tf.SGDOptimizer).setLearningRate(0.2);
          else Object.assign(optimizer, { learningRate: 0.2 });
        };
        await model.fit(x, y, { ...QUIET, epochs: 4, callbacks: { onEpochBegin } });
        return [...weightsOf(model), optimizer.iterations];
      });
      expectClose(got, want, 2e-4);
      expect(graphRuns).toHaveBeenCalledTimes(11);
      const shapes = new Set(graphRuns.mock.contexts);
      expect(shapes.size).toBe(2);
    },
  );

  test('sees weights that are set between epochs, and leaves clones of weights alone', async () => {
    const [want, got] = await onBoth(async () => {
      const model = dense();
      model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
      const { x, y } = denseBatch();
      const seen: number[] = [];
      const clones: tf.Tensor[] = [];
      const onEpochEnd = async (epoch: number) => {
        const weights = model.getWeights();
        clones.push(weights[0].clone(), tf.reshape(weights[1], [1, 5]), tf.mul(weights[0], 2));
        seen.push(...weightsOf(model));
        if (epoch === 1) model.setWeights(weights.map((weight) => tf.mul(weight, 0.5)));
      };
      await model.fit(x, y, { ...QUIET, epochs: 4, callbacks: { onEpochEnd } });
      return [...seen, ...clones.flatMap((clone) => [...clone.dataSync()])];
    });
    expectClose(got, want, 2e-4);
    expect(graphRuns.mock.calls.length).toBe(11);
  });

  test('follows a property of a layer that changes', async () => {
    const [want, got] = await onBoth(async () => {
      const dropout = tf.layers.dropout({ rate: 0, seed: 3 });
      const model = dense(dropout);
      model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
      const { x, y } = denseBatch();
      const onEpochBegin = async (epoch: number) => {
        Object.assign(dropout, { rate: epoch / 4 });
      };
      await model.fit(x, y, { ...QUIET, epochs: 3, callbacks: { onEpochBegin } });
      return weightsOf(model);
    });
    expectClose(got, want, 2e-4);
  });

  test('drops other units in every step', async () => {
    const model = dense(tf.layers.dropout({ rate: 0.5 }));
    model.compile({ optimizer: tf.train.sgd(0), loss: 'categoricalCrossentropy' });
    const { x, y } = denseBatch();
    const history = await model.fit(x, y, { verbose: 0, batchSize: 20, epochs: 6, shuffle: false });
    expect(new Set(losses(history)).size).toBe(6);
    expect(graphRuns).toHaveBeenCalledTimes(5);
  });

  test('starts again when the model is compiled anew', async () => {
    const [want, got] = await onBoth(async () => {
      const model = dense();
      const { x, y } = denseBatch();
      for (const optimizer of ['sgd', 'adam', 'rmsprop']) {
        model.compile({ optimizer, loss: 'meanSquaredError' });
        await model.fit(x, y, { ...QUIET, epochs: 2 });
        model.layers[0].trainable = false;
      }
      return weightsOf(model);
    });
    expectClose(got, want, 2e-4);
  });

  test('trains on a tf.data dataset and single batches', async () => {
    const [want, got] = await onBoth(async () => {
      const { model, x, y } = network('a GRU');
      const [xs, ys] = [x, y].map((all) => tf.data.array(all.arraySync() as number[][]));
      const dataset = tf.data.zip({ xs, ys }).batch(8);
      const history = await model.fitDataset(dataset as never, {
        epochs: 3,
        verbose: 0,
        validationData: dataset as never,
      });
      const evaluated = (await model.evaluateDataset(dataset as never, {})) as tf.Scalar[];
      const onBatch = (await model.trainOnBatch(x, y)) as number[];
      const scores = evaluated.map((score) => score.dataSync()[0]);
      return [...losses(history), ...scores, ...onBatch, ...weightsOf(model)];
    });
    expectClose(got, want, 2e-4);
    expect(graphRuns.mock.calls.length).toBeGreaterThan(10);
  });

  test('weighs classes, and has several outputs with losses of their own', async () => {
    const [want, got] = await onBoth(async () => {
      const { model, x, y } = network('an LSTM');
      const weighted = await model.fit(x, y, {
        ...QUIET,
        epochs: 2,
        classWeight: { 0: 1, 1: 2, 2: 3 },
      });
      const input = tf.input({ shape: [4] });
      const body = dense().apply(input) as tf.SymbolicTensor;
      const outputs = [1, 2].map(
        () =>
          tf.layers.dense({ units: 3, kernelInitializer: 'ones' }).apply(body) as tf.SymbolicTensor,
      );
      const two = tf.model({ inputs: input, outputs });
      const loss = ['meanSquaredError', 'meanAbsoluteError'];
      two.compile({ optimizer: 'sgd', loss, metrics: ['mse'] });
      const batch = denseBatch();
      const both = await two.fit(batch.x, [batch.y, batch.y], { ...QUIET, epochs: 3 });
      return [...losses(weighted), ...losses(both), ...weightsOf(model), ...weightsOf(two)];
    });
    expectClose(got, want, 2e-4);
    expect(graphRuns).toHaveBeenCalled();
  });

  test('runs layers and losses of the program itself operation by operation', async () => {
    let calls = 0;
    const loss = (want: tf.Tensor, got: tf.Tensor): tf.Tensor => {
      calls++;
      return tf.losses.meanSquaredError(want, got);
    };
    const model = dense();
    model.compile({ optimizer: 'sgd', loss });
    const { x, y } = denseBatch();
    await model.fit(x, y, { ...QUIET, epochs: 3 });
    expect(calls).toBe(9);
    expect(graphRuns).not.toHaveBeenCalled();
  });

  test('goes on after the sessions have been freed', async () => {
    const [want, got] = await onBoth(async () => {
      const { model, x, y } = network('an LSTM');
      const onEpochEnd = async () => freeSessions();
      await model.fit(x, y, { ...QUIET, epochs: 3, callbacks: { onEpochEnd } });
      return weightsOf(model);
    });
    expectClose(got, want, 2e-4);
  });

  test('keeps no tensors', async () => {
    const { model, x, y } = network('a convolutional network with batch normalisation and dropout');
    const count = async () => {
      await model.fit(x, y, { ...QUIET, epochs: 2, validationData: [x, y] });
      return tf.memory().numTensors;
    };
    const first = await count();
    expect([await count(), await count()]).toEqual([first, first]);
  });
});

/** Doubles its input; a number of its own says how often it is called. */
class Twice extends tf.layers.Layer {
  static readonly className: string = 'Twice';
  readonly factor: { value: number } = { value: 2 };
  calls = 0;
  readonly counter = { calls: 0 };
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    this.counter.calls++;
    return tf.mul([inputs].flat()[0], this.factor.value);
  }
}

describe('compileModel', () => {
  test.each(['cpu', 'onnxruntime'])('trains by graphs while %s is active', async (backend) => {
    const make = async () => {
      const layer = new Twice({});
      const model = dense(layer);
      const loss = (want: tf.Tensor, got: tf.Tensor) => tf.mean(tf.abs(tf.sub(want, got)));
      return { layer, model, args: { optimizer: tf.train.adam(0.01), loss }, ...denseBatch() };
    };
    await tf.setBackend('cpu');
    const eager = await make();
    eager.model.compile(eager.args);
    await eager.model.fit(eager.x, eager.y, { ...QUIET, epochs: 4 });
    expect(graphRuns).not.toHaveBeenCalled();

    await tf.setBackend(backend);
    const { layer, model, args, x, y } = await make();
    expect(await compileModel(model, { ...args, threads: 2 })).toBe(model);
    await model.fit(x, y, { ...QUIET, epochs: 4 });
    expect(graphRuns).toHaveBeenCalledTimes(11);
    // Once per batch shape, and in the first step, and when the model was built.
    expect(layer.counter.calls).toBeLessThanOrEqual(4);
    expectClose(weightsOf(model), weightsOf(eager.model), 2e-4);
  });

  test('says why a model cannot be compiled', async () => {
    expect(await failureOf(() => compileModel(dense()))).toMatch(
      /no loss and optimizer: call model/,
    );
    expect(await failureOf(() => compileModel(dense(), { loss: 'meanSquaredError' }))).toMatch(
      /needs an optimizer/,
    );
    const stateful = tf.sequential({
      layers: [
        tf.layers.lstm({ units: 2, stateful: true, batchInputShape: [2, 3, 4] }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const args = { optimizer: 'sgd', loss: 'meanSquaredError' };
    expect(await failureOf(() => compileModel(stateful, args))).toMatch(/stateful layer/);
  });

  test('names the line of a layer that reads a tensor', async () => {
    class Reading extends Twice {
      static override readonly className: string = 'Reading';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x] = [inputs].flat();
        return tf.mul(x, tf.mean(x).dataSync()[0]); // mark: reads
      }
    }
    const model = await compileModel(dense(new Reading({})), {
      optimizer: 'sgd',
      loss: 'meanSquaredError',
    });
    const { x, y } = denseBatch();
    expect(await failureOf(() => model.fit(x, y, { ...QUIET, epochs: 2 }))).toMatch(
      /is read inside a traced step[\s\S]*compiled-model.test.ts:\d+/,
    );
    await model.fit(x, y, { ...QUIET, epochs: 1 }).catch(() => {});
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
  });
});
