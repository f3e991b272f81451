import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeDeck } from '../../src/study/deck/table.ts';
import { GAMES, type Game } from '../../src/study/games/query-set.ts';
import { writeQuerySet } from '../../src/study/games/query-table.ts';
import { testQueries, trainingQueries } from '../../src/study/games/sampling.ts';
import { seenInTraining, writeSeen } from '../../src/study/games/seen.ts';
import { readModel } from '../../src/study/models/model-table.ts';
import { readTable } from '../../src/tables/read.ts';
import { rows } from '../../src/tables/rows.ts';
import evaluate from '../../stages/evaluate.ts';
import train from '../../stages/train.ts';
import { runStage } from './run-stage.ts';

const deck = deckOf(9);

let folder = '';

const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-stages-'));
  writeDeck(file('deck.arrow'), deck);
  for (const game of GAMES) {
    const request = { deck, game, pairs: 2, seed: 1 };
    const training = trainingQueries({ ...request, count: 2000 });
    const tests = testQueries({ ...request, count: 150 });
    writeQuerySet(file(`${game}-train.arrow`), training);
    writeQuerySet(file(`${game}-test.arrow`), tests);
    writeSeen(file(`${game}-seen.arrow`), seenInTraining(tests, training));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PARAMS = {
  deck: 9,
  game: 'set' as Game,
  seed: 1,
  model: 'contrastive',
  dim: 9,
  encoder: { layers: 2, width: 16, heads: 4, feedForward: 32 },
  steps: 30,
  batch: 32,
  learningRate: 0.01,
  warmUp: 5,
  objective: 'expected',
};

async function trainAndEvaluate(name: string, params: typeof PARAMS | Record<string, unknown>) {
  const game = String(params.game);
  const trained = await runStage(train, join(folder, `train-${name}`), params, {
    deck: { path: file('deck.arrow') },
    queries: { path: file(`${game}-train.arrow`) },
  });
  const evaluated = await runStage(
    evaluate,
    join(folder, `evaluate-${name}`),
    { queriesPerBatch: 64 },
    {
      deck: { path: file('deck.arrow') },
      queries: { path: file(`${game}-test.arrow`) },
      seen: { path: file(`${game}-seen.arrow`) },
      weights: { path: trained.weights },
    },
  );
  return { ...trained, ...evaluated };
}

describe('the stage evaluate, after train', () => {
  test('measures a model that has learned the easiest game', async () => {
    const params = { ...PARAMS, steps: 250 };
    const { curve, metrics, queries } = await trainAndEvaluate('learn', params);
    const points = rows(readTable(curve));
    expect(points.map(({ step }) => step)).toEqual(
      Array.from({ length: 25 }, (_, i) => 10 * (i + 1)),
    );
    const [means] = rows(readTable(metrics));
    expect(means).toMatchObject({ queries: 150, trueKeys: 1, steps: 250, entropyMid: null });
    // 81 pairs of 9 cards: 2,000 training queries have them all.
    expect(means).toMatchObject({ seenQueries: 1, seenAnswers: 1, klUnseen: null });
    expect(means.rank).toBe(8);
    // Each query has one key: a plane tells nine keys apart, as the corners of a polygon.
    expect(means.effectiveRank).toBeGreaterThan(2);
    expect(means.effectiveRank).toBeLessThan(4);
    expect(means.overlap).toBeGreaterThan(0.95);
    expect(means.kl).toBeLessThan(0.5);
    const each = rows(readTable(queries));
    expect(each.length).toBe(150);
    const mean = each.reduce((sum, { kl }) => sum + Number(kl), 0) / 150;
    expect(mean).toBeCloseTo(Number(means.kl), 5);
  });

  test.each(GAMES)('handles both models on %s', async (game) => {
    const short = { ...PARAMS, game, steps: 3 };
    const { model: _, dim: __, ...rest } = short;
    for (const params of [short, { ...rest, model: 'noncontrastive' }]) {
      const { metrics, weights } = await trainAndEvaluate(`${game}-${params.model}`, params);
      const [means] = rows(readTable(metrics));
      expect(Number.isFinite(means.kl)).toBe(true);
      expect(readModel(weights).model.model).toBe(params.model);
    }
  });

  test('gives the same bytes for the same inputs, and depends on the size of its batches by rounding alone', async () => {
    const first = await trainAndEvaluate('first', PARAMS);
    const second = await trainAndEvaluate('second', PARAMS);
    for (const name of ['weights', 'curve', 'queries', 'metrics'] as const) {
      expect(readFileSync(second[name])).toEqual(readFileSync(first[name]));
    }
    const { metrics } = await runStage(
      evaluate,
      join(folder, 'evaluate-whole'),
      { queriesPerBatch: 1000 },
      {
        deck: { path: file('deck.arrow') },
        queries: { path: file('set-test.arrow') },
        seen: { path: file('set-seen.arrow') },
        weights: { path: first.weights },
      },
    );
    const [whole] = rows(readTable(metrics));
    const [parts] = rows(readTable(first.metrics));
    expect(whole.kl).toBeCloseTo(Number(parts.kl), 5);
  });
});
