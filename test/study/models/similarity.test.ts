import { describe, expect, test } from 'vitest';
import { contrastiveScores, queryVectors } from '../../../src/study/models/contrastive.ts';
import { configuration, DECK, exampleBatch, expectClose, parametersOf, run } from './fixtures.ts';
import * as reference from './reference.ts';

describe('the contrastive model', () => {
  test.each([
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
});
