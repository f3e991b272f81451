import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { adam, type NamedTensors, type Program, tf } from '../../engine/index.ts';
import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import { denseRows, type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import { pullBack } from './pull-back.ts';
import { quantised } from './quantise.ts';
import { type Aim, slopes } from './slopes.ts';

// Item and query vectors that are optimised directly, without an encoder: what the dot product of d
// numbers can do at best (Weller et al., arXiv 2508.21038).
//
// R restarts, Q queries, N items, D numbers per vector. Restarts share nothing, and need not have the
// same dimension: coordinates that are 0 in all vectors of a restart have a gradient of 0 and stay so.

/** Vectors of all restarts. */
export interface Vectors {
  /** D */
  readonly width: number;
  /** // [R, N, D] */
  readonly items: Float32Array;
  /** // [R, Q, D] */
  readonly queries: Float32Array;
}

/** What the vectors of items and queries are made of, and how they score. */
export interface Shape {
  /**
   * Numbers that a coordinate of an item may be, by restart, as `quantise` spreads them; the gradient
   * passes straight through the rounding (Bengio et al., arXiv 1308.3432). Any number if left out.
   */
  readonly levels?: readonly number[];
  /** m: an item is m vectors of D / m numbers, a query too; they score by MaxSim. 1 if left out. */
  readonly pieces?: number;
}

export interface Descent extends Shape {
  readonly aim: Aim;
  /** `both`, or the queries alone, which is a convex problem for each of them. */
  readonly moved: 'both' | 'queries';
  /** Most steps; fewer are made once hardly a score would move. */
  readonly steps: number;
  /** Of Adam, falling along half a cosine. */
  readonly learningRate: number;
  /** What it runs on: `onnxruntime` if left out. */
  readonly backend?: TrainingBackend;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number) => void;
}

/** Numbers of a slice's scores: as many as stay in the cache from one operation to the next. */
const SLICE = 2 ** 18;
/** Mean over the queries of the squared slopes at which all aims are reached. */
const DONE = 1e-6;
/** Rate of items that are rounded, whose coordinates are in -1 .. 1, of that of the queries. */
const LATENT_RATE = 0.1;
/** Steps between two looks at the slopes. */
const LOOK = 10;

/** Queries of a slice. */
function sliceRows(restarts: number, queries: number, items: number): number {
  const most = Math.max(1, Math.floor(SLICE / (restarts * items)));
  // Equal slices: the last one is not a remnant.
  return Math.ceil(queries / Math.ceil(queries / most));
}

/** Moves the vectors of all restarts downhill. */
export async function descend(
  judgements: Judgements,
  start: Vectors,
  descent: Descent,
): Promise<Vectors> {
  const { steps, learningRate, signal, onStep } = descent;
  const program = await stepOf(judgements, start, descent);
  try {
    const count = queryCount(judgements) * (start.items.length / (judgements.items * start.width));
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      const { squares } = await program.run({ rate: Float32Array.of(rate) });
      onStep?.(step + 1);
      if (step % LOOK === LOOK - 1 && squares[0] < DONE * count) break;
    }
    const state = await program.readState();
    return {
      width: start.width,
      items: state.items as Float32Array,
      queries: joinSlices(state, judgements, start),
    };
  } finally {
    await program.dispose();
  }
}

const sliceName = (slice: number): string => `queries${slice}`;

function stepOf(judgements: Judgements, start: Vectors, descent: Descent): Promise<Program> {
  const { aim, moved, levels, pieces = 1 } = descent;
  const { items: N } = judgements;
  const { width } = start;
  const R = start.items.length / (N * width);
  const slices = sliceQueries(judgements, start);
  const specs = Object.fromEntries([
    ['items', { shape: [R, N, width], dtype: 'float32' as const, values: start.items }],
    ...slices.map(({ rows, values }, i) => [
      sliceName(i),
      { shape: [R, rows, width], dtype: 'float32' as const, values },
    ]),
  ]);
  const { items, ...queries } = specs;
  const optimizer = adam({ beta1: 0.9, beta2: 0.99 });
  const own = moved === 'both' ? specs : queries;
  return compileOn(descent.backend)({
    inputs: { rate: { shape: [], dtype: 'float32' } },
    state: {
      ...specs,
      // Constants of the problem: state that no step changes.
      ...Object.fromEntries(
        slices.map(({ from, rows }, i) => [
          `targets${i}`,
          { shape: [rows, N], dtype: 'float32', values: targets(judgements, from, rows) },
        ]),
      ),
      ...optimizer.initialState(own),
    },
    step: ({ rate }, state) => {
      const free = state.items as Tensor3D; // [R, N, D]
      const keys = levels === undefined ? free : quantised(free, levels);
      const gradients: Record<string, Tensor> = {};
      const squares: Tensor[] = [];
      const forItems: Tensor[] = [];
      slices.forEach((_, i) => {
        const q = state[sliceName(i)] as Tensor3D; // [R, q, D]
        const { slope, forQuery, forItem } = pullBack(q, keys, pieces, (scores) =>
          slopes(aim, scores, state[`targets${i}`]),
        );
        squares.push(tf.sum(tf.square(slope)));
        gradients[sliceName(i)] = forQuery();
        if (moved === 'both') forItems.push(forItem());
      });
      if (moved === 'both') gradients.items = tf.addN(forItems);
      const parameters = Object.fromEntries(Object.keys(own).map((name) => [name, state[name]]));
      const multipliers = levels === undefined ? {} : { items: LATENT_RATE };
      const next = optimizer.update({
        parameters,
        gradients,
        state,
        learningRate: rate,
        multipliers,
      });
      const outputs: NamedTensors = { squares: tf.addN(squares) };
      const after = { ...next.parameters, ...next.state };
      // Past the outermost level there is nothing to round to.
      if (levels !== undefined && moved === 'both') {
        after.items = tf.clipByValue(next.parameters.items, -1, 1);
      }
      return { outputs, state: after };
    },
  });
}

interface Slice {
  readonly from: number;
  readonly rows: number;
  /** // [R, rows, D] */
  readonly values: Float32Array;
}

function sliceQueries(judgements: Judgements, { items, queries, width }: Vectors): Slice[] {
  const count = queryCount(judgements);
  const R = items.length / (judgements.items * width);
  const most = sliceRows(R, count, judgements.items);
  const slices: Slice[] = [];
  for (let from = 0; from < count; from += most) {
    const rows = Math.min(most, count - from);
    const values = new Float32Array(R * rows * width);
    for (let r = 0; r < R; r++) {
      const first = (r * count + from) * width;
      values.set(queries.subarray(first, first + rows * width), r * rows * width);
    }
    slices.push({ from, rows, values });
  }
  return slices;
}

function joinSlices(
  state: Readonly<Record<string, ArrayLike<number>>>,
  judgements: Judgements,
  start: Vectors,
): Float32Array {
  const { width } = start;
  const count = queryCount(judgements);
  const queries = new Float32Array(start.queries.length);
  sliceQueries(judgements, start).forEach(({ from, rows, values }, i) => {
    const moved = state[sliceName(i)] as Float32Array;
    for (let r = 0; r * rows * width < values.length; r++) {
      const part = moved.subarray(r * rows * width, (r + 1) * rows * width);
      queries.set(part, (r * count + from) * width);
    }
  });
  return queries;
}

/** 1/|S| at the items of each query. // [rows, N] */
function targets(judgements: Judgements, from: number, rows: number): Float32Array {
  const dense = denseRows(judgements, from, rows);
  const { items } = judgements;
  for (let row = 0; row < rows; row++) {
    const share = 1 / membersOf(judgements, from + row).length;
    for (let item = 0; item < items; item++) dense[row * items + item] *= share;
  }
  return dense;
}
