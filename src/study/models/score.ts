import { compile, type StepDefinition } from '../../engine/index.ts';
import type { QuerySet } from '../games/query-set.ts';
import type { ModelConfiguration } from './configuration.ts';
import { keyScores } from './model.ts';
import type { Parameters } from './parameters.ts';
import { querySpecs, queryTensors } from './queries.ts';
import { emptyQueryBatch, fillQuery, queryValues } from './query-batch.ts';

/** Options of `scoreQueries`. */
interface ScoreOptions {
  readonly queriesPerBatch: number;
  /** Token id of padding. */
  readonly pad: number;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** The function from `size` queries of `length` tokens to their `scores` of all keys. // [size, K] */
export function scoringStep(
  model: ModelConfiguration,
  parameters: Parameters,
  size: number,
  length: number,
): StepDefinition {
  const state = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      { ...parameter, dtype: 'float32' as const },
    ]),
  );
  return {
    inputs: querySpecs(model, size, length),
    state,
    step: (inputs, p) => ({ outputs: { scores: keyScores(p, model, queryTensors(inputs)) } }),
  };
}

/** Scores of all keys for every query; queries must fill their layout. // [count, K] */
export async function scoreQueries(
  model: ModelConfiguration,
  parameters: Parameters,
  queries: QuerySet,
  options: ScoreOptions,
): Promise<Float32Array> {
  const { queriesPerBatch, pad, onProgress, signal } = options;
  const { count, sequenceLength } = queries;
  const { layout, keys } = model;
  const size = Math.min(queriesPerBatch, count);
  const pairs = layout.kind === 'pairs' ? layout.pairs : 1;
  const batch = emptyQueryBatch(layout, sequenceLength, size, pairs);
  const program = await compile(scoringStep(model, parameters, size, sequenceLength));
  try {
    const all = new Float32Array(count * keys);
    for (let start = 0; start < count; start += size) {
      signal?.throwIfAborted();
      const filled = Math.min(size, count - start);
      // A last batch that is not full keeps rows of the previous one; their scores are not read.
      for (let i = 0; i < filled; i++) fillQuery(batch, i, queries, start + i, pad);
      const { scores } = await program.run(queryValues(batch));
      all.set((scores as Float32Array).subarray(0, filled * keys), start * keys);
      onProgress?.(start + filled);
    }
    return all;
  } finally {
    await program.dispose();
  }
}
