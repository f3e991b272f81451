import { describe, expect, test } from 'vitest';
import { modelParameters } from '../../../src/study/models/model.ts';
import { noncontrastiveScores } from '../../../src/study/models/noncontrastive.ts';
import { parameterCount } from '../../../src/study/models/parameters.ts';
import { configuration, DECK, exampleBatch, expectClose, parametersOf, run } from './fixtures.ts';
import * as reference from './reference.ts';

/** Far more numbers than all tables have vectors: their products are made per vector, not per token. */
const WIDE = 64;

describe('the non-contrastive model', () => {
  test.each([
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
          const alone = reference.embedded(parameters, batch, query);
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

  test('has about half the parameters of the contrastive model at the published size', () => {
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
