import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  type NamedSpecs,
  type NamedTensors,
  type NamedValues,
  type Optimizer,
  sgd,
  tf,
} from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { deckOf } from '../../study/deck/deck.ts';
import { vocabulary } from '../../study/deck/tokens.ts';
import { trainingQueries } from '../../study/games/sampling.ts';
import type { EncoderConfiguration, ModelConfiguration } from '../../study/models/configuration.ts';
import { linear, linearParameters } from '../../study/models/linear.ts';
import { keyScores, modelParameters } from '../../study/models/model.ts';
import { initialise, type Parameters } from '../../study/models/parameters.ts';
import { lengthOf } from '../../study/models/positions.ts';
import { querySpecs, queryTensors } from '../../study/models/queries.ts';
import { queryValues } from '../../study/models/query-batch.ts';
import { batchSource } from '../../study/training/batches.ts';
import { crossEntropy, expectedInfoNce } from '../../study/training/losses.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import { ADAM } from '../../study/training/step.ts';
import type { TaskName } from './tables.ts';

/** What is trained: its data and sizes. The same settings make the same task in every thread. */
export interface TaskSettings {
  readonly task: TaskName;
  /** B: rows of a batch, of all workers together. */
  readonly batch: number;
  readonly seed: number;
  readonly schedule: RateSchedule;
  readonly mlp: { readonly inputs: number; readonly hidden: number; readonly classes: number };
  readonly dualEncoder: {
    readonly cards: number;
    readonly pairs: number;
    readonly queries: number;
    readonly dim: number;
    readonly encoder: EncoderConfiguration;
  };
}

/** A model that scores K columns for each row of a batch, and its loss. */
export interface Task {
  readonly name: TaskName;
  /** Initial values. */
  readonly parameters: Parameters;
  /** K */
  readonly columns: number;
  readonly optimizer: Optimizer;
  /** Inputs of some rows; `shares` is not among them. */
  inputs(rows: number): NamedSpecs;
  /** // [rows, K] */
  scores(p: NamedTensors, inputs: NamedTensors): Tensor2D;
  /** Of scores and of the shares that they should have. // [rows, K], [rows, K] */
  readonly loss: (scores: Tensor2D, shares: Tensor2D) => Scalar;
  /** Whether the loss is no mean over rows: its gradient is that of all rows together. */
  readonly isCoupled: boolean;
  /** All rows of a step's batch, with their `shares`; arrays may be overwritten by the next one. */
  batch(step: number): NamedValues;
}

export function taskOf(settings: TaskSettings): Task {
  return settings.task === 'mlp' ? classifier(settings) : dualEncoder(settings);
}

/** Deviation of points from the middle of their class, whose numbers have deviation 1. */
const NOISE = 2;

/** Points of several classes, each normal about a middle of its own, and an MLP with two hidden layers. */
function classifier({ mlp, batch, seed }: TaskSettings): Task {
  const { inputs: width, hidden, classes } = mlp;
  const middles = stream(seed, 'data-parallel', 'middles');
  const middle = Float32Array.from({ length: classes * width }, () => middles.normal());
  return {
    name: 'mlp',
    parameters: initialise(
      {
        ...linearParameters('first', width, hidden),
        ...linearParameters('second', hidden, hidden),
        ...linearParameters('last', hidden, classes),
      },
      seed,
    ),
    columns: classes,
    optimizer: sgd(),
    inputs: (rows) => ({ points: { shape: [rows, width], dtype: 'float32' } }),
    scores: (p, { points }) => {
      const first = tf.relu(linear(p, 'first', points as Tensor2D));
      return linear(p, 'last', tf.relu(linear(p, 'second', first)));
    },
    loss: crossEntropy,
    isCoupled: false,
    batch(step) {
      const random = stream(seed, 'data-parallel', 'points', step);
      const points = new Float32Array(batch * width);
      const shares = new Float32Array(batch * classes);
      for (let row = 0; row < batch; row++) {
        const own = random.below(classes);
        shares[row * classes + own] = 1;
        for (let i = 0; i < width; i++) {
          points[row * width + i] = middle[own * width + i] + NOISE * random.normal();
        }
      }
      return { points, shares };
    },
  };
}

/** The study's contrastive model on its game `union`. */
function dualEncoder({ task, dualEncoder: sizes, batch, seed }: TaskSettings): Task {
  const { cards, pairs, queries: count, dim, encoder } = sizes;
  const deck = deckOf(cards);
  const model: ModelConfiguration = {
    model: 'contrastive',
    dim,
    keys: deck.keys,
    values: deck.values,
    layout: { kind: 'pairs', pairs },
    encoder,
    keyScale: 5,
  };
  const queries = trainingQueries({ deck, game: 'union', pairs, seed, count });
  const { pad } = vocabulary(deck);
  const source = batchSource(queries, model.layout, deck.keys, pad, batch, seed);
  const isCoupled = task === 'infonce';
  return {
    name: task,
    parameters: initialise(modelParameters(model), seed),
    columns: deck.keys,
    optimizer: adam(ADAM),
    inputs: (rows) => querySpecs(model, rows, lengthOf(pairs)),
    scores: (p, inputs) => keyScores(p, model, queryTensors(inputs)),
    loss: isCoupled ? expectedInfoNce : crossEntropy,
    isCoupled,
    batch(step) {
      const drawn = source.draw(step, pairs);
      return { ...queryValues(drawn), shares: drawn.shares };
    },
  };
}
