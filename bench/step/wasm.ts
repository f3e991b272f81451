import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { compile, tf } from '../../src/engine/index.ts';
import type { StepCase } from './configs.ts';
import { type Engine, timed } from './engine.ts';

function prepare(): void {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/')}`);
  setThreadsCount(1);
  if (tf.getKernel('UnsortedSegmentSum', 'wasm') !== undefined) return;
  // The wasm backend has no kernel for the gradient of gather; a product with one-hot rows is the usual workaround.
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, segmentIds } = inputs as unknown as { x: tf.Tensor; segmentIds: tf.Tensor };
      const segments = Number((attrs as { numSegments?: number } | undefined)?.numSegments);
      const rows = segmentIds.size;
      const ids = tf.reshape(tf.cast(segmentIds, 'int32'), [rows]) as tf.Tensor1D;
      const oneHot = tf.cast(tf.oneHot(ids, segments), 'float32') as tf.Tensor2D;
      const flat = tf.reshape(x, [rows, -1]) as tf.Tensor2D;
      const rest = x.shape.slice(segmentIds.rank);
      return tf.reshape(tf.matMul(oneHot, flat, true), [segments, ...rest]);
    },
  });
}

/** The same step, run op by op on tfjs's wasm backend. */
export async function openWasm({ definition, inputs }: StepCase): Promise<Engine> {
  prepare();
  const program = await compile(definition, { backend: 'wasm' });
  const { loss } = await program.run(inputs);
  return {
    firstLoss: loss[0],
    run: (steps) => timed(steps, () => program.run(inputs)),
    close: () => program.dispose(),
  };
}
