// One training step of the contrastive model, compiled by the engine against run eagerly on tfjs's
// wasm backend, one thread each, in turns.
// usage: npm run bench:train-step [-- --json]

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { deckOf } from '../src/deck/deck.ts';
import { vocabulary } from '../src/deck/tokens.ts';
import { compile, type NamedValues, tf } from '../src/engine/index.ts';
import { trainingQueries } from '../src/games/sampling.ts';
import type { ModelConfiguration } from '../src/models/configuration.ts';
import { queryFlops } from '../src/models/cost.ts';
import { modelParameters } from '../src/models/model.ts';
import { initialise } from '../src/models/parameters.ts';
import { lengthOf } from '../src/models/positions.ts';
import { batchSource } from '../src/training/batches.ts';
import { queryValues, trainingStep } from '../src/training/step.ts';

const CONFIGS = {
  S: { width: 64, layers: 4, feedForward: 256, heads: 4, batch: 256 },
  M: { width: 128, layers: 4, feedForward: 512, heads: 4, batch: 256 },
} as const;
const ROUNDS = 3;
const STEPS = { ours: 8, 'tfjs-wasm': 1 } as const;
const json = process.argv.includes('--json');

const require = createRequire(import.meta.url);
setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/')}`);
setThreadsCount(1);
// The wasm backend has no kernel for the gradient of a gather: the usual way around it.
tf.registerKernel({
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) => {
    const { x, segmentIds } = inputs as unknown as { x: tf.Tensor; segmentIds: tf.Tensor };
    const segments = Number((attrs as { numSegments?: number } | undefined)?.numSegments);
    const [rows] = segmentIds.shape;
    const oneHot = tf.cast(tf.oneHot(tf.cast(segmentIds, 'int32'), segments), 'float32');
    const flat = tf.reshape(x, [rows, -1]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(oneHot as tf.Tensor2D, flat, true), [
      segments,
      ...x.shape.slice(1),
    ]);
  },
});

for (const [config, { batch, ...encoder }] of Object.entries(CONFIGS)) {
  const deck = deckOf(27);
  const model: ModelConfiguration = {
    model: 'contrastive',
    dim: 27,
    keys: deck.keys,
    values: deck.values,
    layout: { kind: 'pairs', pairs: 5 },
    encoder: { ...encoder, pooling: 'mean' },
    keyScale: 5,
  };
  const queries = trainingQueries({ deck, game: 'union', pairs: 5, seed: 1, count: 4096 });
  const { pad } = vocabulary(deck);
  const drawn = batchSource(queries, model.layout, deck.keys, pad, batch, 1).draw(0, 5);
  const values: NamedValues = {
    ...queryValues(drawn),
    shares: drawn.shares,
    learningRate: Float32Array.of(1e-3),
  };
  const definition = trainingStep(
    { model, objective: 'expected', batch, keyRate: 1 },
    initialise(modelParameters(model), 1),
    drawn.length,
  );
  const program = await compile(definition);
  const eager = async (): Promise<void> => {
    const tensors = (specs: typeof definition.inputs, of: (name: string) => ArrayLike<number>) =>
      Object.fromEntries(
        Object.entries(specs).map(([name, { shape, dtype }]) => [
          name,
          tf.tensor(of(name) as Float32Array, [...shape], dtype),
        ]),
      );
    const kept: tf.Tensor[] = tf.tidy(() => {
      const { outputs, state = {} } = definition.step(
        tensors(definition.inputs, (name) => values[name]),
        tensors(definition.state, (name) => definition.state[name].values),
      );
      return [...Object.values(outputs), ...Object.values(state)] as never;
    });
    await Promise.all(kept.map((tensor) => tensor.data()));
    for (const tensor of kept) tensor.dispose();
  };
  const engines = {
    ours: async () => void (await program.run(values)),
    'tfjs-wasm': async () => {
      await tf.setBackend('wasm');
      await eager();
    },
  } as const;
  const times: Record<keyof typeof engines, number[]> = { ours: [], 'tfjs-wasm': [] };
  for (const run of Object.values(engines)) await run();
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['ours', 'tfjs-wasm'] as const) {
      const start = performance.now();
      for (let i = 0; i < STEPS[name]; i++) await engines[name]();
      times[name].push((performance.now() - start) / STEPS[name]);
    }
  }
  await program.dispose();
  const flops = 3 * batch * queryFlops(model, lengthOf(5));
  const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1];
  for (const engine of ['ours', 'tfjs-wasm'] as const) {
    const msPerStep = median(times[engine]);
    const gflops = flops / msPerStep / 1e6;
    if (json) console.log(JSON.stringify({ config, engine, msPerStep, gflops }));
    else
      console.log(
        `${config} ${engine.padEnd(10)} ${msPerStep.toFixed(1).padStart(8)} ms/step ${gflops.toFixed(1).padStart(6)} GFLOP/s`,
      );
  }
  if (!json)
    console.log(
      `${config} ratio ${(median(times['tfjs-wasm']) / median(times.ours)).toFixed(1)} x`,
    );
}
