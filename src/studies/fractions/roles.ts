import type { TensorValues } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { compileOn, type TrainingBackend } from '../../study/training/backend.ts';
import type { SequenceModel } from '../encoder-decoder.ts';
import { encodingStep } from '../encoder-decoder-training.ts';
import { batchOf } from '../token-rows.ts';
import { tokenPair } from './examples.ts';
import {
  drawExpression,
  type Expression,
  fillerOf,
  LETTERS,
  mainDivision,
  ROLES,
} from './expressions.ts';
import { fitProbe, type Labelled, probeAccuracy } from './probe.ts';
import type { ProbeRow } from './tables.ts';

/** Expressions whose hidden vectors are computed at a time. */
const BATCH = 64;

interface Probing {
  readonly deepest: number;
  /** Expressions that probes are made from, and of each depth asked about. */
  readonly probes: number;
  readonly seed: number;
  readonly backend?: TrainingBackend;
}

type Encode = (expressions: readonly Expression[]) => Promise<readonly (readonly number[])[]>;

/**
 * Probes of every role, before and after the training: made from expressions of the deepest trained depth,
 * asked about others of it and about deeper ones.
 */
export async function probeRoles(
  { deepest, probes, seed, backend }: Probing,
  model: SequenceModel,
  initial: Parameters,
  trained: Readonly<Record<string, TensorValues>>,
): Promise<readonly ProbeRow[]> {
  const draw = (depth: number, part: 'made from' | 'asked') => {
    const random = stream(seed, 'fractions', 'probes', part, depth);
    return Array.from({ length: probes }, () => drawExpression(random, depth));
  };
  const made = draw(deepest, 'made from');
  const asked = [deepest, deepest + 1].map((depth) => ({
    depth,
    expressions: draw(depth, 'asked'),
  }));
  const encoding = await compileOn(backend)(encodingStep(model, BATCH, initial));
  const encode: Encode = async (expressions) => {
    const vectors: number[][] = [];
    for (let first = 0; first < expressions.length; first += BATCH) {
      const some = expressions.slice(first, first + BATCH);
      const { source } = batchOf(
        [...some, ...Array(BATCH - some.length).fill('a')].map(tokenPair),
        model.shape,
      );
      const { hidden } = await encoding.run({ source });
      vectors.push(...some.map((expression, i) => vectorOf(hidden, expression, i, model)));
    }
    return vectors;
  };
  const rows: ProbeRow[] = [];
  try {
    for (const state of ['untrained', 'trained'] as const) {
      if (state === 'trained') await encoding.writeState(trained);
      const from = { expressions: made, vectors: await encode(made) };
      for (const { depth, expressions } of asked) {
        const about = { expressions, vectors: await encode(expressions) };
        for (const role of ROLES) {
          const [examples, others] = [from, about].map((some) => labelled(some, role));
          const accuracy = probeAccuracy(fitProbe(examples, LETTERS.length), others);
          rows.push({ role, depth, model: state, accuracy, asked: others.labels.length });
        }
      }
    }
  } finally {
    await encoding.dispose();
  }
  return rows;
}

/** The hidden vector at the main division of a batch's expression. // hidden [B, S, w] */
function vectorOf(
  hidden: TensorValues,
  expression: Expression,
  row: number,
  { shape, width }: SequenceModel,
): number[] {
  const place = typeof expression === 'string' ? 0 : mainDivision(expression);
  const at = (row * shape.source + place) * width;
  return Array.from(hidden.subarray(at, at + width));
}

/** Of the expressions that have a letter in the role. */
function labelled(
  {
    expressions,
    vectors,
  }: {
    readonly expressions: readonly Expression[];
    readonly vectors: readonly (readonly number[])[];
  },
  role: ProbeRow['role'],
): Labelled {
  const known = expressions.flatMap((expression, i) => {
    const filler = fillerOf(expression, role);
    return filler === undefined ? [] : [{ vector: vectors[i], label: LETTERS.indexOf(filler) }];
  });
  return { vectors: known.map(({ vector }) => vector), labels: known.map(({ label }) => label) };
}
