import type { Tensor3D } from '@tensorflow/tfjs';
import { adam, compile, tf } from '../../../engine/index.ts';
import type { Search } from '../fit/fit.ts';
import { type Aim, slopes } from '../fit/slopes.ts';
import { denseRows, type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import { type Rows, rowCount } from './projections.ts';

/** Linear maps of item and query vectors to d numbers. // [width, d] each */
export interface LinearMaps {
  readonly items: Float32Array;
  readonly queries: Float32Array;
}

/**
 * The maps A, B for which the scores (y B) · (x A) of given item vectors x and query vectors y rank best:
 * a bilinear form of rank d, moved from `start` for KL and from there for a margin.
 */
export async function learnMaps(
  judgements: Judgements,
  items: Rows,
  queries: Rows,
  start: LinearMaps,
  { steps, learningRate, signal }: Search,
): Promise<Readonly<Record<Aim, LinearMaps>>> {
  const descend = (aim: Aim, from: LinearMaps) =>
    descendMaps(judgements, items, queries, from, aim, steps, learningRate, signal);
  const kl = await descend('kl', start);
  return { kl, margin: await descend('margin', kl) };
}

async function descendMaps(
  judgements: Judgements,
  items: Rows,
  queries: Rows,
  start: LinearMaps,
  aim: Aim,
  steps: number,
  learningRate: number,
  signal: AbortSignal | undefined,
): Promise<LinearMaps> {
  const { items: N } = judgements;
  const Q = queryCount(judgements);
  const d = start.items.length / items.width;
  const constant = (rows: Rows) => ({
    shape: [1, rowCount(rows), rows.width],
    dtype: 'float32' as const,
    values: rows.values,
  });
  const maps = {
    A: { shape: [1, items.width, d], dtype: 'float32' as const, values: start.items },
    B: { shape: [1, queries.width, d], dtype: 'float32' as const, values: start.queries },
  };
  const targets = denseRows(judgements, 0, Q);
  for (let at = 0; at < targets.length; at++) {
    targets[at] /= membersOf(judgements, Math.floor(at / N)).length;
  }
  const optimizer = adam({ beta1: 0.9, beta2: 0.99 });
  const program = await compile({
    inputs: { rate: { shape: [], dtype: 'float32' } },
    state: {
      ...maps,
      x: constant(items),
      y: constant(queries),
      targets: { shape: [Q, N], dtype: 'float32', values: targets },
      ...optimizer.initialState(maps),
    },
    step: ({ rate }, state) => {
      const [A, B, x, y] = [state.A, state.B, state.x, state.y] as Tensor3D[];
      const keys = tf.matMul(x, A); // [1, N, d]
      const asked = tf.matMul(y, B); // [1, Q, d]
      const slope = slopes(aim, tf.matMul(asked, keys, false, true) as Tensor3D, state.targets);
      const gradients = {
        A: tf.matMul(x, tf.matMul(slope, asked, true, false), true, false),
        B: tf.matMul(y, tf.matMul(slope, keys), true, false),
      };
      const next = optimizer.update({
        parameters: { A, B },
        gradients,
        state,
        learningRate: rate,
      });
      return { outputs: {}, state: { ...next.parameters, ...next.state } };
    },
  });
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      await program.run({ rate: Float32Array.of(rate) });
    }
    const state = await program.readState();
    return { items: state.A as Float32Array, queries: state.B as Float32Array };
  } finally {
    await program.dispose();
  }
}
