import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream } from '../../src/random/streams.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { vocabulary } from '../../src/study/deck/tokens.ts';
import type { Game } from '../../src/study/games/query-set.ts';
import { testQueries } from '../../src/study/games/sampling.ts';
import type { ModelConfiguration } from '../../src/study/models/configuration.ts';
import { modelParameters } from '../../src/study/models/model.ts';
import { writeModel } from '../../src/study/models/model-table.ts';
import { initialise, type Parameters } from '../../src/study/models/parameters.ts';
import { scoreQueries } from '../../src/study/models/score.ts';
import exportStage from '../../stages/export.ts';
import { runStage } from './run-stage.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-stage-'));
  web.env.wasm.numThreads = 1;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CARDS = 9;
const PAIRS = 3;
const COUNT = 6;

function configuration(
  model: 'contrastive' | 'noncontrastive',
  game: Game,
  changes: Partial<ModelConfiguration> = {},
): ModelConfiguration {
  return {
    model,
    ...(model === 'contrastive' ? { dim: 4 } : {}),
    keys: CARDS,
    values: 3,
    layout: game === 'shatter' ? { kind: 'members' } : { kind: 'pairs', pairs: PAIRS },
    encoder: { layers: 3, width: 16, heads: 4, feedForward: 32, pooling: 'mean' },
    keyScale: 5,
    ...changes,
  };
}

/** No zeros that a file could share, and biases that would be missed. */
function trained(parameters: Parameters): Parameters {
  const random = stream(1, 'as if trained');
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((value) => value + 0.1 * random.normal()) },
    ]),
  );
}

/** The file that the stage writes for a model of random parameters. */
async function exported(name: string, config: ModelConfiguration) {
  const parameters = trained(initialise(modelParameters(config), 1));
  const weights = join(folder, `${name}.arrow`);
  writeModel(weights, { model: config, parameters, steps: 1 });
  const outputs = await runStage(
    exportStage,
    join(folder, name),
    {},
    { weights: { path: weights } },
  );
  return { path: outputs.model, parameters };
}

describe('the stage export', () => {
  test.each([
    ['contrastive', 'union', {}],
    ['contrastive', 'union', { dim: 40 }],
    ['contrastive', 'union', { dim: 40, similarity: 'cosine' }],
    ['noncontrastive', 'union', {}],
    ['contrastive', 'shatter', {}],
    ['noncontrastive', 'shatter', {}],
  ] as const)(
    'saves a %s model of %s %o that scores the same in both of ONNX Runtime’s packages',
    async (family, game, changes) => {
      const config = configuration(family, game, changes);
      const name = [family, game, ...Object.values(changes)].join('-');
      const { path, parameters } = await exported(name, config);
      const deck = deckOf(CARDS);
      const queries = testQueries({ deck, game, pairs: PAIRS, count: COUNT, seed: 1 });
      const { pad } = vocabulary(deck);
      const want = await scoreQueries(config, parameters, queries, { queriesPerBatch: COUNT, pad });
      for (const { InferenceSession, Tensor } of [node, web] as (typeof node)[]) {
        const session = await InferenceSession.create(new Uint8Array(readFileSync(path)));
        expect([session.inputNames, session.outputNames]).toEqual([['tokens'], ['scores']]);
        for (let i = 0; i < COUNT; i++) {
          const T = queries.sequenceLength;
          const tokens = Int32Array.from(queries.tokens.subarray(i * T, (i + 1) * T));
          const { scores } = await session.run({ tokens: new Tensor('int32', tokens, [1, T]) });
          expect(scores.dims).toEqual([1, CARDS]);
          const differences = (scores.data as Float32Array).map((score, key) =>
            Math.abs(score - want[i * CARDS + key]),
          );
          expect(Math.max(...differences)).toBeLessThan(1e-4);
        }
      }
    },
  );

  test('saves the largest model of the default profile in less than 1 MB', async () => {
    const { path } = await exported(
      'largest',
      configuration('contrastive', 'union', {
        dim: 512,
        keys: 27,
        layout: { kind: 'pairs', pairs: 5 },
        encoder: { layers: 4, width: 64, heads: 4, feedForward: 256, pooling: 'mean' },
      }),
    );
    expect(statSync(path).size).toBeLessThan(1_000_000);
  });
});
