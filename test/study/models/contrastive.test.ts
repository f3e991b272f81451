import { describe, expect, test } from 'vitest';
import { contrastiveScores } from '../../../src/study/models/contrastive.ts';
import { modelParameters } from '../../../src/study/models/model.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { configuration, DECK, exampleBatch, expectClose, parametersOf, run } from './fixtures.ts';
import * as reference from './reference.ts';

describe('the contrastive model', () => {
  test('scores a query and a key by the plain dot product of their vectors', async () => {
    const config = configuration();
    const parameters = parametersOf(config);
    const batch = exampleBatch(config);
    const { scores } = await run(config, parameters, batch, (p, queries) => ({
      scores: contrastiveScores(p, config, queries),
    }));
    const expected = [0, 1, 2].flatMap((query) => {
      const z = reference.normalise(reference.encodeAlone(config, parameters, batch, query));
      const q = reference.linear(parameters, 'projection', z);
      return Array.from({ length: DECK.keys }, (_, key) =>
        reference.row(parameters, 'keys.table', key).reduce((sum, k, i) => sum + k * q[i], 0),
      );
    });
    expectClose(scores, expected);
  });

  test('starts keys uniform in ± scale / d', () => {
    const config = configuration({ dim: 512, keyScale: 2 });
    const { values } = initialise(modelParameters(config), 1)['keys.table'];
    expect(Math.max(...values)).toBeLessThanOrEqual(2 / 512);
    expect(Math.max(...values)).toBeGreaterThan(1.99 / 512);
    expect(Math.min(...values)).toBeLessThan(-1.99 / 512);
  });
});
