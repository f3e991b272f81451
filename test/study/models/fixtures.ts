import { expect } from 'vitest';
import { compile, type NamedTensors, type NamedValues } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { modelParameters } from '../../../src/study/models/model.ts';
import { initialise, type Parameters } from '../../../src/study/models/parameters.ts';
import type { QueryTensors } from '../../../src/study/models/queries.ts';
import { querySpecs, queryTensors } from '../../../src/study/models/queries.ts';
import { type QueryBatch, queryValues } from '../../../src/study/models/query-batch.ts';

export const DECK = deckOf(9);
export const TOKENS = vocabulary(DECK);

/** A small model on 9 cards. */
export function configuration(changes: Partial<ModelConfiguration> = {}): ModelConfiguration {
  return {
    model: 'contrastive',
    dim: 5,
    keys: DECK.keys,
    values: DECK.values,
    layout: { kind: 'pairs', pairs: 3 },
    encoder: { layers: 2, width: 8, heads: 2, feedForward: 12, pooling: 'mean' },
    keyScale: 1,
    ...changes,
  };
}

/** Initial parameters with biases that are not zero, so that a forgotten one shows. */
export function parametersOf(config: ModelConfiguration): Parameters {
  const random = stream(3, 'test biases');
  return Object.fromEntries(
    Object.entries(initialise(modelParameters(config), 7)).map(([name, { shape, values }]) => [
      name,
      {
        shape,
        values: name.endsWith('.bias') ? values.map(() => 0.3 * random.normal()) : values,
      },
    ]),
  );
}

/** Queries of three pairs, or of members padded to `length`. */
export function exampleBatch(config: ModelConfiguration, size = 3): QueryBatch {
  const random = stream(5, 'test queries');
  const { union, symdiff, start, end, pad } = TOKENS;
  const card = () => random.below(DECK.cards);
  const { layout } = config;
  const rows = Array.from({ length: size }, (_, i) => {
    if (layout.kind === 'members') {
      const members = Array.from({ length: i + 1 }, card);
      return [start, ...members, end, pad, pad, pad, pad].slice(0, size + 2);
    }
    return [start, card(), card(), union, card(), card(), symdiff, card(), card(), end];
  });
  const tokens = Int32Array.from(rows.flat());
  return {
    length: rows[0].length,
    tokens,
    ...(layout.kind === 'members'
      ? { present: Float32Array.from(tokens, (token) => (token === pad ? 0 : 1)) }
      : { slots: Int32Array.from(rows.flatMap(() => [3, 0, 0, 1, 1, 1, 2, 2, 2, 3])) }),
  };
}

/** Runs a function of the parameters and a batch of queries on the engine. */
export async function run(
  config: ModelConfiguration,
  parameters: Parameters,
  batch: QueryBatch,
  fn: (p: NamedTensors, queries: QueryTensors) => NamedTensors,
): Promise<NamedValues> {
  const size = batch.tokens.length / batch.length;
  const program = await compile({
    inputs: querySpecs(config, size, batch.length),
    state: Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [
        name,
        { ...parameter, dtype: 'float32' as const },
      ]),
    ),
    step: (inputs, p) => ({ outputs: fn(p, queryTensors(inputs)) }),
  });
  const result = await program.run(queryValues(batch));
  const copy = Object.fromEntries(Object.entries(result).map(([name, v]) => [name, v.slice()]));
  await program.dispose();
  return copy;
}

/** Checks numbers one by one, to `digits` decimal digits. */
export function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits = 4) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}
