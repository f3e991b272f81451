import type { Tensor3D } from '@tensorflow/tfjs';
import { adam, tf } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { compileOn } from '../../study/training/backend.ts';
import type { Search } from '../fit/fit.ts';
import { rankingOf } from '../fit/scores.ts';
import { type Aim, slopes } from '../fit/slopes.ts';
import {
  denseRows,
  type Judgements,
  membersOf,
  queriesOf,
  queryCount,
} from '../judgements/judgements.ts';
import { project, type Rows, rowCount } from './projections.ts';

/** Linear maps of item and query vectors to d numbers. // [width, d] each */
export interface LinearMaps {
  readonly items: Float32Array;
  readonly queries: Float32Array;
}

/**
 * Maps A, B for which the scores (y B) · (x A) of given item vectors x and query vectors y rank best: a
 * bilinear form of rank d. It is moved from `start` for KL, and from the best so far for a margin. A
 * fifth of the queries is kept back, and of the maps along the way those that rank it best are
 * returned: there are many numbers to learn from few queries.
 */
export async function learnMaps(
  judgements: Judgements,
  items: Rows,
  queries: Rows,
  start: LinearMaps,
  search: Search,
): Promise<LinearMaps> {
  const count = queryCount(judgements);
  const order = Uint32Array.from({ length: count }, (_, query) => query);
  stream(1, 'learn-maps').shuffle(order);
  const kept = Math.floor(count * KEPT_BACK);
  const part = (some: Uint32Array): Part => ({
    judgements: queriesOf(judgements, some),
    queries: { width: queries.width, values: rowsOf(queries, some) },
  });
  const judged = part(kept === 0 ? order : order.subarray(0, kept));
  const learnt = part(order.subarray(kept));
  let best = start;
  let most = recallOf(judged, items, start);
  const aims = ['kl', 'margin'] as const;
  for (const [place, aim] of aims.entries()) {
    const onStep = (done: number) => search.onStep?.(place * search.steps + done, mapSteps(search));
    await descendMaps(learnt, items, best, aim, { ...search, onStep }, (maps) => {
      const recall = recallOf(judged, items, maps);
      if (recall <= most) return;
      most = recall;
      best = maps;
    });
  }
  return best;
}

/** Steps that `learnMaps` counts. */
export const mapSteps = ({ steps }: Search): number => 2 * steps;

/** Share of the queries that maps are chosen by. */
const KEPT_BACK = 0.2;
/** Times that maps are looked at along a descent. */
const LOOKS = 10;

/** Some of the queries, and their vectors. */
interface Part {
  readonly judgements: Judgements;
  readonly queries: Rows;
}

function rowsOf({ width, values }: Rows, some: Uint32Array): Float32Array {
  const out = new Float32Array(some.length * width);
  some.forEach((row, i) => {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

function recallOf({ judgements, queries }: Part, items: Rows, maps: LinearMaps): number {
  const { width, values } = project(items, maps.items);
  const asked = project(queries, maps.queries);
  return rankingOf({ width, items: values, queries: asked.values }, 0, judgements).recall;
}

async function descendMaps(
  { judgements, queries }: Part,
  items: Rows,
  start: LinearMaps,
  aim: Aim,
  { steps, learningRate, backend, signal, onStep }: Search,
  onLook: (maps: LinearMaps) => void,
): Promise<void> {
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
  const program = await compileOn(backend)({
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
      onStep?.(step + 1, steps);
      if ((step + 1) % Math.ceil(steps / LOOKS) !== 0) continue;
      const state = await program.readState();
      onLook({ items: state.A as Float32Array, queries: state.B as Float32Array });
    }
  } finally {
    await program.dispose();
  }
}
