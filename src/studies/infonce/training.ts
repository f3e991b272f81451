import type { Tensor2D } from '@tensorflow/tfjs';
import { adam, compile, valueAndGradients } from '../../engine/index.ts';
import type { Stream } from '../../random/stream.ts';
import { stream } from '../../random/streams.ts';
import type { Joint } from './joints.ts';
import { type TableObjective, tableLoss } from './objectives.ts';

interface FitOptions {
  readonly objective: TableObjective;
  readonly steps: number;
  /** Pairs drawn per step, for `infonce`; the other two objectives are given p itself. */
  readonly batch: number;
  /** Peak of Adam's learning rate; falls to zero along half a cosine. */
  readonly learningRate: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Trains a table of scores, starting at zero; returns m. // [X, Y] */
export async function fitTable(joint: Joint, options: FitOptions): Promise<Float64Array> {
  const { objective, steps, batch, learningRate, seed, signal } = options;
  const shape = [joint.rows.length, joint.columns.length] as const;
  const optimizer = adam({ beta2: 0.99 });
  const initial = {
    m: { shape, dtype: 'float32', values: new Float32Array(joint.p.length) },
  } as const;
  const program = await compile({
    inputs: { w: { shape, dtype: 'float32' }, learningRate: { shape: [], dtype: 'float32' } },
    state: { ...initial, ...optimizer.initialState(initial) },
    step: (inputs, state) => {
      const table = { m: state.m };
      const { value, gradients } = valueAndGradients(
        ({ m }) => tableLoss(objective, m as Tensor2D, inputs.w as Tensor2D),
        table,
      );
      const next = optimizer.update({
        parameters: table,
        gradients,
        state,
        learningRate: inputs.learningRate,
      });
      return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
    },
  });
  try {
    const exact = Float32Array.from(joint.p);
    const draw = sampler(joint.p);
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const random = stream(seed, 'infonce', joint.name, 'batch', step);
      const w = objective === 'infonce' ? batchShares(draw, random, joint.p.length, batch) : exact;
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      await program.run({ w, learningRate: Float32Array.of(rate) });
    }
    const { m } = await program.readState();
    return Float64Array.from(m);
  } finally {
    await program.dispose();
  }
}

/** The share of each pair among `batch` drawn ones. // [X, Y] */
function batchShares(
  draw: (random: Stream) => number,
  random: Stream,
  size: number,
  batch: number,
): Float32Array {
  const shares = new Float32Array(size);
  for (let i = 0; i < batch; i++) shares[draw(random)] += 1 / batch;
  return shares;
}

/** Draws indices with the given probabilities. */
function sampler(p: Float64Array): (random: Stream) => number {
  const ends = new Float64Array(p.length);
  let sum = 0;
  p.forEach((share, i) => {
    sum += share;
    ends[i] = sum;
  });
  return (random) => {
    const at = random.float() * sum;
    let [low, high] = [0, p.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
