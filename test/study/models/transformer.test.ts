import { describe, test } from 'vitest';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { embed } from '../../../src/study/models/embedding.ts';
import { allProjections } from '../../../src/study/models/projections.ts';
import { encode } from '../../../src/study/models/transformer.ts';
import { configuration, exampleBatch, expectClose, parametersOf, run } from './fixtures.ts';
import * as reference from './reference.ts';

const MEMBERS = { layout: { kind: 'members' } } as const;

/** Far more numbers than all tables have vectors: their products are made per vector, not per token. */
const WIDE = 64;

const pooled = (
  pooling: 'mean' | 'start',
  changes: Partial<ModelConfiguration> = {},
  width: number = configuration().encoder.width,
) => configuration({ encoder: { ...configuration().encoder, pooling, width }, ...changes });

describe('the transformer encoder', () => {
  test.each([
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
      [0, 1, 2].flatMap((query) => reference.encodeAlone(config, parameters, batch, query)),
    );
  });
});
