import { describe, expect, it } from 'vitest';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { contrastiveScores, queryVectors } from '../../../src/study/models/contrastive.ts';
import { embed } from '../../../src/study/models/embedding.ts';
import { modelParameters } from '../../../src/study/models/model.ts';
import { noncontrastiveScores } from '../../../src/study/models/noncontrastive.ts';
import {
  initialise,
  type Parameters,
  parameterCount,
} from '../../../src/study/models/parameters.ts';
import { allProjections } from '../../../src/study/models/projections.ts';
import type { QueryBatch } from '../../../src/study/models/query-batch.ts';
import { encode } from '../../../src/study/models/transformer.ts';
import { configuration, DECK, exampleBatch, parametersOf, run } from './fixtures.ts';
import * as reference from './reference.ts';

/** Roles of `start c1 c2 op c1 c2 op c1 c2 end`. */
const ROLES = [3, 1, 2, 0, 1, 2, 0, 1, 2, 3];

/** Embedded tokens of one query and what they see of each other. */
function embedded(p: Parameters, batch: QueryBatch, query: number) {
  const { length: T, tokens, slots, present } = batch;
  const count = present
    ? present.subarray(query * T, (query + 1) * T).reduce((a, b) => a + b, 0)
    : T;
  const x = Array.from({ length: count }, (_, t) => {
    const token = reference.row(p, 'tokens.table', tokens[query * T + t]);
    if (slots === undefined) return token;
    const slot = reference.row(p, 'positions.slots', slots[query * T + t]);
    return reference.add(token, reference.add(slot, reference.row(p, 'positions.roles', ROLES[t])));
  });
  const sees = (from: number, to: number) => {
    const isMark = [from, to].some((t) => t === 0 || t === T - 1);
    if (slots === undefined || isMark) return slots === undefined ? -1 : 13;
    return Math.max(-6, Math.min(6, to - from)) + 6;
  };
  return { x, sees };
}

function encodeAlone(config: ModelConfiguration, p: Parameters, batch: QueryBatch, query: number) {
  let { x, sees } = embedded(p, batch, query) as {
    x: reference.Sequence;
    sees: reference.Sight;
  };
  for (let layer = 0; layer < config.encoder.layers; layer++) {
    x = reference.layer(p, config.encoder, layer, x, sees);
  }
  return config.encoder.pooling === 'mean' ? reference.mean(x) : x[0];
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits = 4) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

const MEMBERS = { layout: { kind: 'members' } } as const;
/** Far more numbers than all tables have vectors: their products are made per vector, not per token. */
const WIDE = 64;

const pooled = (
  pooling: 'mean' | 'start',
  changes: Partial<ModelConfiguration> = {},
  width: number = configuration().encoder.width,
) => configuration({ encoder: { ...configuration().encoder, pooling, width }, ...changes });

describe('the transformer encoder', () => {
  it.each([
    ['mean pooling of pairs', pooled('mean')],
    ['start pooling of pairs', pooled('start')],
    ['mean pooling of padded members', pooled('mean', MEMBERS)],
    ['start pooling of padded members', pooled('start', MEMBERS)],
    ['mean pooling of wide pairs', pooled('mean', {}, WIDE)],
    ['start pooling of wide pairs', pooled('start', {}, WIDE)],
    ['mean pooling of wide padded members', pooled('mean', MEMBERS, WIDE)],
  ])('gives what plain loops over every token give: %s', async (_, config) => {
    const parameters = parametersOf(config);
    const batch = exampleBatch(config);
    const { q } = await run(config, parameters, batch, (p, queries) => ({
      q: encode(p, allProjections(p, config.encoder.layers), config.encoder, embed(p, queries)),
    }));
    expectClose(
      q,
      [0, 1, 2].flatMap((query) => encodeAlone(config, parameters, batch, query)),
    );
  });

  it('starts cards that agree in an attribute alike', () => {
    const { values } = initialise(modelParameters(configuration()), 1)['tokens.table'];
    const vector = (card: number) => values.subarray(card * 8, (card + 1) * 8);
    const difference = (a: number, b: number) => [...vector(a)].map((x, i) => x - vector(b)[i]);
    // Cards 0 = (0, 0), 1 = (0, 1), 4 = (1, 0), 5 = (1, 1): the second attribute's change is the same.
    const own = difference(0, 1).map((x, i) => x - difference(4, 5)[i]);
    expect(Math.hypot(...own)).toBeLessThan(0.3 * Math.hypot(...difference(0, 1)));
  });

  it('keeps every other parameter when a table changes its size', () => {
    const small = initialise(modelParameters(configuration()), 1);
    const wide = initialise(modelParameters(configuration({ dim: 7 })), 1);
    expect(wide['layer1.feedForward.in.weight']).toEqual(small['layer1.feedForward.in.weight']);
    expect(wide['keys.table'].shape).toEqual([9, 7]);
  });
});

describe('the contrastive model', () => {
  it('scores a query and a key by the plain dot product of their vectors', async () => {
    const config = configuration();
    const parameters = parametersOf(config);
    const batch = exampleBatch(config);
    const { scores } = await run(config, parameters, batch, (p, queries) => ({
      scores: contrastiveScores(p, config, queries),
    }));
    const expected = [0, 1, 2].flatMap((query) => {
      const z = reference.normalise(encodeAlone(config, parameters, batch, query));
      const q = reference.linear(parameters, 'projection', z);
      return Array.from({ length: DECK.keys }, (_, key) =>
        reference.row(parameters, 'keys.table', key).reduce((sum, k, i) => sum + k * q[i], 0),
      );
    });
    expectClose(scores, expected);
  });

  it.each([
    ['cosine', 1],
    ['scaled-cosine', 1 / 0.07],
  ] as const)('scores by %s where the configuration says so', async (similarity, scale) => {
    const plain = configuration();
    const config = configuration({ similarity });
    const parameters = parametersOf(config);
    const batch = exampleBatch(config);
    const { scores } = await run(config, parameters, batch, (p, queries) => ({
      scores: contrastiveScores(p, config, queries),
    }));
    const { dots, q } = await run(plain, parameters, batch, (p, queries) => ({
      dots: contrastiveScores(p, plain, queries),
      q: queryVectors(p, plain, queries),
    }));
    const length = (vector: readonly number[]) => Math.hypot(...vector);
    const expected = Array.from(dots, (dot, i) => {
      const query = Math.floor(i / DECK.keys);
      const queryLength = length(Array.from(q.subarray(query * 5, (query + 1) * 5)));
      const keyLength = length(reference.row(parameters, 'keys.table', i % DECK.keys));
      return (scale * dot) / (queryLength * keyLength);
    });
    expectClose(scores, expected, 3);
    const most = Math.max(...Array.from(scores, Math.abs));
    expect(most).toBeLessThanOrEqual(scale);
  });

  it('starts keys uniform in ± scale / d', () => {
    const config = configuration({ dim: 512, keyScale: 2 });
    const { values } = initialise(modelParameters(config), 1)['keys.table'];
    expect(Math.max(...values)).toBeLessThanOrEqual(2 / 512);
    expect(Math.max(...values)).toBeGreaterThan(1.99 / 512);
    expect(Math.min(...values)).toBeLessThan(-1.99 / 512);
  });
});

describe('the non-contrastive model', () => {
  it.each([
    ['pairs', { kind: 'pairs', pairs: 3 }, 4, 8],
    ['padded members', { kind: 'members' }, 4, 8],
    ['pairs, with a single layer', { kind: 'pairs', pairs: 3 }, 2, 8],
    ['wide pairs', { kind: 'pairs', pairs: 3 }, 4, WIDE],
    ['wide padded members, with a single layer', { kind: 'members' }, 2, WIDE],
  ] as const)(
    'scores all keys in one pass as if each ran alone with its query: %s',
    async (_, layout, layers, width) => {
      const config = configuration({
        model: 'noncontrastive',
        layout,
        encoder: { ...configuration().encoder, layers, width },
      });
      const parameters = parametersOf(config);
      const batch = exampleBatch(config);
      const { scores } = await run(config, parameters, batch, (p, queries) => ({
        scores: noncontrastiveScores(p, config, queries),
      }));
      const expected = [0, 1, 2].flatMap((query) =>
        Array.from({ length: DECK.keys }, (_, key) => {
          const alone = embedded(parameters, batch, query);
          const last = alone.x.length;
          let x: reference.Sequence = [...alone.x, reference.row(parameters, 'keys.tokens', key)];
          const sees = (from: number, to: number) => {
            if (from === last) return -1;
            return to === last ? undefined : alone.sees(from, to);
          };
          for (let layer = 0; layer < layers / 2; layer++) {
            x = reference.layer(parameters, config.encoder, layer, x, sees);
          }
          const units = reference.linear(parameters, 'head.in', reference.normalise(x[last]));
          return reference.linear(parameters, 'head.out', reference.relu(units))[0];
        }),
      );
      expectClose(scores, expected);
    },
  );

  it('has about half the parameters of the contrastive model at the published size', () => {
    const encoder = {
      layers: 8,
      width: 512,
      heads: 8,
      feedForward: 1024,
      pooling: 'mean',
    } as const;
    const large = configuration({
      dim: 512,
      keys: 27,
      layout: { kind: 'pairs', pairs: 5 },
      encoder,
    });
    const contrastive = parameterCount(modelParameters(large));
    const half = parameterCount(modelParameters({ ...large, model: 'noncontrastive' }));
    expect(contrastive).toBeGreaterThan(16.5e6);
    expect(contrastive).toBeLessThan(17.5e6);
    expect(half / contrastive).toBeGreaterThan(0.45);
    expect(half / contrastive).toBeLessThan(0.55);
  });
});
