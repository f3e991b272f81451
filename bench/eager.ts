/**
 * Trains models of tfjs's layers with `model.fit` on the backends of tfjs and on the engine's:
 *
 *   npm run bench:eager [-- MODEL...] [-- --json] [-- --rounds N]
 *
 * All engines have the same model, batch and one thread, and take turns, an epoch each. The first two
 * epochs, in which sessions are made and code is compiled, do not count.
 */
import { parseArgs } from 'node:util';
import { tf } from '../src/engine/index.ts';
import { loadWasm } from '../src/engine/tfjs/wasm.ts';

const ENGINES = ['onnxruntime', 'wasm', 'cpu'] as const;
type EngineName = (typeof ENGINES)[number];

const BATCH = 32;
const WARM_UP = 2;

interface Workload {
  /** Steps of an epoch. */
  readonly steps: number;
  readonly input: readonly number[];
  readonly classes: number;
  readonly layers: () => tf.layers.Layer[];
}

/** Dense layers of these widths, the first of which is the input. */
function perceptron(steps: number, ...widths: number[]): Workload {
  const [input, ...units] = widths;
  const last = units.length - 1;
  return {
    steps,
    input: [input],
    classes: units[last],
    layers: () =>
      units.map((n, i) =>
        tf.layers.dense({
          units: n,
          activation: i < last ? 'relu' : n === 1 ? 'sigmoid' : 'softmax',
          ...(i === 0 ? { inputShape: [input] } : {}),
        }),
      ),
  };
}

const WORKLOADS: Readonly<Record<string, Workload>> = {
  '2-16-1': perceptron(16, 2, 16, 1),
  '64-64-10': perceptron(16, 64, 64, 10),
  '784-128-10': perceptron(8, 784, 128, 10),
  '784-512-512-10': perceptron(4, 784, 512, 512, 10),
  cnn: {
    steps: 2,
    input: [28, 28, 1],
    classes: 10,
    layers: () => [
      tf.layers.conv2d({ filters: 8, kernelSize: 5, activation: 'relu', inputShape: [28, 28, 1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 16, kernelSize: 5, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  },
  lstm: {
    steps: 2,
    input: [20, 16],
    classes: 10,
    layers: () => [
      tf.layers.lstm({ units: 64, inputShape: [20, 16] }),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  },
};

/** Runs an epoch. */
type Epoch = () => Promise<void>;

async function prepare(engine: EngineName, workload: Workload): Promise<Epoch> {
  await tf.setBackend(engine);
  const { steps, input, classes, layers } = workload;
  const model = tf.sequential({ layers: layers() });
  const loss = classes === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy';
  model.compile({ optimizer: tf.train.adam(), loss });
  const samples = steps * BATCH;
  const x = tf.randomNormal([samples, ...input], 0, 1, 'float32', 1);
  const labels = Array.from({ length: samples }, (_, i) => (i * 7) % Math.max(classes, 2));
  const y =
    classes === 1
      ? tf.tensor2d(labels, [samples, 1])
      : tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32');
  return async () => {
    await tf.setBackend(engine);
    await model.fit(x, y, { batchSize: BATCH, epochs: 1, verbose: 0 });
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** A slow engine takes its turn in the first rounds only. */
const SLOW_ROUNDS = 3;
const SLOW = 4;

type Times = Partial<Record<EngineName, number>>;

/** Median milliseconds of a step on each engine that can train the model. */
async function measure(workload: Workload, rounds: number): Promise<Times> {
  const epochs = new Map<EngineName, Epoch>();
  const times = new Map<EngineName, number[]>();
  for (const engine of ENGINES) {
    const epoch = await prepare(engine, workload);
    try {
      for (let i = 0; i < WARM_UP; i++) await epoch();
    } catch {
      // tfjs's wasm backend has no gradient of a convolution's filter.
      continue;
    }
    epochs.set(engine, epoch);
    times.set(engine, []);
  }
  const medians = (): Times =>
    Object.fromEntries([...times].map(([engine, all]) => [engine, median(all) / workload.steps]));
  for (let round = 0; round < rounds; round++) {
    const far = round < SLOW_ROUNDS ? Infinity : SLOW * Math.min(...Object.values(medians()));
    for (const [engine, epoch] of epochs) {
      if ((medians()[engine] ?? 0) > far) continue;
      const start = performance.now();
      await epoch();
      times.get(engine)?.push(performance.now() - start);
    }
  }
  tf.disposeVariables();
  return medians();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '15' } },
});
const unknown = positionals.find((name) => !Object.hasOwn(WORKLOADS, name));
if (unknown !== undefined) {
  console.error(`there is no model '${unknown}'; known: ${Object.keys(WORKLOADS).join(', ')}`);
  process.exit(1);
}
await loadWasm();
const rows = [];
for (const [name, workload] of Object.entries(WORKLOADS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const ms = await measure(workload, Number(values.rounds));
  const { onnxruntime = Infinity, ...peers } = ms;
  const ratio = Math.min(...Object.values(peers)) / onnxruntime;
  rows.push({ model: name, ...ms, ratio });
  if (values.json) continue;
  const columns = Object.entries(ms).map(([engine, n]) => `${engine} ${n.toFixed(2)}`);
  console.log(
    `${name}: ${columns.join(', ')} ms per step; ${ratio.toFixed(2)} times as fast as the better of tfjs's`,
  );
}
if (values.json) console.log(JSON.stringify(rows, undefined, 2));
