import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  compile,
  type NamedTensors,
  type Program,
  type StepDefinition,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { recallAtK } from './recall.ts';
import { type Relevance, relevanceMatrix } from './subsets.ts';

/** One free vector per query and per document, all of length 1, to train for a relevance. */
export interface TrainingTask {
  /** Documents. */
  readonly n: number;
  /** Dimension of the vectors. */
  readonly d: number;
  readonly relevance: Relevance;
  /** τ: scores are dot products divided by it. */
  readonly temperature: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** When to stop: the rules of the authors' script, under its names. */
export interface StoppingRule {
  readonly maxSteps: number;
  /** Gives up after this many steps in which the loss does not fall `minDelta` below its minimum. */
  readonly patience: number;
  readonly minDelta: number;
  /** Steps between two evaluations of the accuracy. */
  readonly interval: number;
}

interface TrainingOutcome {
  readonly steps: number;
  /** Loss of the last step. */
  readonly loss: number;
  /** Largest recall@k of the evaluations; at 1 the training ends. */
  readonly accuracy: number;
}

/** Steps per run of the program: the fixed cost of a run is shared by them. */
export const UNROLLED = 10;

const optimizer = adam();

/**
 * Trains until every query's top k are its relevant documents, or until the rule gives up
 * (arXiv 2508.21038, section 4): Adam on the InfoNCE loss over all queries with all documents as
 * negatives, each vector scaled back to length 1 after each step.
 */
export async function trainFreeEmbeddings(
  task: TrainingTask,
  rule: StoppingRule,
): Promise<TrainingOutcome> {
  const program = await compile(unrolledStep(task));
  try {
    return await runUntilStopped(program, task, rule);
  } finally {
    await program.dispose();
  }
}

async function runUntilStopped(
  program: Program,
  task: TrainingTask,
  rule: StoppingRule,
): Promise<TrainingOutcome> {
  let minimum = Number.POSITIVE_INFINITY;
  let stepsWithoutProgress = 0;
  let accuracy = 0;
  let steps = 0;
  let loss = Number.NaN;
  while (steps < rule.maxSteps) {
    const outputs = await program.run({});
    for (const value of outputs.losses) {
      loss = value;
      if (value < minimum - rule.minDelta) {
        minimum = value;
        stepsWithoutProgress = 0;
      } else stepsWithoutProgress++;
    }
    steps += UNROLLED;
    if (steps % rule.interval === 0) {
      accuracy = Math.max(accuracy, recallAtK(task.relevance, task.n, outputs.scores));
    }
    if (accuracy === 1 || stepsWithoutProgress >= rule.patience) break;
  }
  return { steps, loss, accuracy };
}

function unrolledStep(task: TrainingTask): StepDefinition {
  const { n, d, relevance, seed } = task;
  const random = stream(seed, 'free-embeddings', n, d);
  const unitRows = (count: number) => ({
    shape: [count, d],
    dtype: 'float32' as const,
    values: normalised(
      Float32Array.from({ length: count * d }, () => random.normal()),
      d,
    ),
  });
  const parameters = { queries: unitRows(relevance.length), documents: unitRows(n) };
  const values = relevanceMatrix(relevance, n);
  return {
    inputs: {},
    state: {
      ...parameters,
      ...optimizer.initialState(parameters),
      relevant: { shape: [relevance.length, n], dtype: 'float32', values },
    },
    step: (_, { relevant, ...before }) => {
      let state: NamedTensors = before;
      const losses: Tensor[] = [];
      for (let i = 0; i < UNROLLED; i++) {
        const vectors = { queries: state.queries, documents: state.documents };
        const { value, gradients } = valueAndGradients(
          (p) => infoNce(p, relevant as Tensor2D, task),
          vectors,
        );
        const learningRate = tf.scalar(task.learningRate);
        const next = optimizer.update({ parameters: vectors, gradients, state, learningRate });
        const queries = unit(next.parameters.queries);
        const documents = unit(next.parameters.documents);
        state = { ...next.state, queries, documents };
        losses.push(value);
      }
      const scores = tf.matMul(state.queries, state.documents, false, true);
      return { outputs: { losses: tf.stack(losses), scores }, state };
    },
  };
}

/** -1/P Σ over relevant pairs (i, j) of log softmax_j(q_i · d_j / τ); P pairs. */
function infoNce(
  { queries, documents }: NamedTensors,
  relevant: Tensor2D,
  { relevance, temperature }: TrainingTask,
): Scalar {
  const k = relevance[0].length;
  const scores = tf.div(tf.matMul(queries, documents, false, true), temperature); // [queries, n]
  const positive = tf.sum(tf.mul(scores, relevant));
  const all = tf.mul(tf.sum(tf.logSumExp(scores, 1)), k);
  return tf.div(tf.sub(all, positive), k * relevance.length);
}

/** Rows scaled to length 1. */
function unit(rows: Tensor): Tensor {
  return tf.div(rows, tf.sqrt(tf.sum(tf.square(rows), 1, true)));
}

function normalised(rows: Float32Array, d: number): Float32Array {
  for (let start = 0; start < rows.length; start += d) {
    const row = rows.subarray(start, start + d);
    const length = Math.hypot(...row);
    row.forEach((value, i) => {
      row[i] = value / length;
    });
  }
  return rows;
}
