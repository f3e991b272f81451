import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Progress } from '../../src/pipe/pipeline/contract.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeDeck } from '../../src/study/deck/table.ts';
import type { Game } from '../../src/study/games/query-set.ts';
import { writeQuerySet } from '../../src/study/games/query-table.ts';
import { trainingQueries } from '../../src/study/games/sampling.ts';
import train from '../../stages/train.ts';
import { runStage } from './run-stage.ts';

const deck = deckOf(9);

let folder = '';

const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-stages-'));
  writeDeck(file('deck.arrow'), deck);
  const request = { deck, game: 'set', pairs: 2, seed: 1, count: 2000 } as const;
  writeQuerySet(file('set-train.arrow'), trainingQueries(request));
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

describe('the stage train', () => {
  test('reports the last step', async () => {
    const reports: Progress[] = [];
    await runStage(
      train,
      join(folder, 'progress'),
      { ...PARAMS, steps: 4 },
      { deck: { path: file('deck.arrow') }, queries: { path: file('set-train.arrow') } },
      reports,
    );
    expect(reports[reports.length - 1]).toMatchObject({ done: 4, total: 4, unit: 'step' });
  });

  test('refuses params that contradict each other', () => {
    const { dim: _, ...noDim } = PARAMS;
    expect(train.params.safeParse(noDim).error?.issues[0]).toMatchObject({
      path: ['dim'],
      message: 'a contrastive model needs dim, a non-contrastive one has none',
    });
    const odd = { ...PARAMS, encoder: { ...PARAMS.encoder, heads: 3 } };
    expect(train.params.safeParse(odd).error?.issues[0].message).toBe('heads must divide width');
    expect(train.params.safeParse({ ...PARAMS, learningrate: 1 }).success).toBe(false);
  });

  test('costs what the published size costs', () => {
    const paper = {
      ...PARAMS,
      deck: 27,
      dim: 512,
      game: 'union',
      encoder: { layers: 8, width: 512, heads: 8, feedForward: 1024 },
      batch: 1,
      steps: 1,
    };
    // 6 operations per parameter and token, plus attention: 17 M parameters, 16 tokens.
    const flops = train.cost?.(train.params.parse(paper)).flops ?? 0;
    expect(flops / (6 * 16.8e6 * 16)).toBeGreaterThan(0.9);
    expect(flops / (6 * 16.8e6 * 16)).toBeLessThan(1.1);
  });
});
