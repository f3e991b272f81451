import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeBackends } from '../../src/engine/index.ts';
import type { Arity, Stage } from '../../src/pipe/pipeline/contract.ts';
import { PAIR_TABLE, UNIT_TABLE } from '../../src/studies/translation/tables.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeDeck } from '../../src/study/deck/table.ts';
import { writeQuerySet } from '../../src/study/games/query-table.ts';
import { trainingQueries } from '../../src/study/games/sampling.ts';
import { writeRows } from '../../src/tables/records.ts';
import fractionsTraining from '../../stages/studies/fractions-training.ts';
import ladderEncoder from '../../stages/studies/ladder-encoder.ts';
import sequencesTraining from '../../stages/studies/sequences-training.ts';
import translationTraining from '../../stages/studies/translation-training.ts';
import train from '../../stages/train.ts';
import trainVariant from '../../stages/train-variant.ts';
import { runStage } from './run-stage.ts';
import { SMALL_VARIANT } from './small-variant.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backends-'));
  const deck = deckOf(9);
  writeDeck(join(folder, 'deck.arrow'), deck);
  const request = { deck, game: 'set', pairs: 1, seed: 1, count: 50 } as const;
  writeQuerySet(join(folder, 'queries.arrow'), trainingQueries(request));
  writeRows(join(folder, 'units.arrow'), UNIT_TABLE, [{ unit: 'oui' }, { unit: 'yes' }]);
  const pair = { french: 'oui', english: 'yes' };
  writeRows(join(folder, 'pairs.arrow'), PAIR_TABLE, [
    { split: 'train', ...pair },
    { split: 'val', ...pair },
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encoder = { layers: 1, width: 8, heads: 2, feedForward: 8 };
const steps = { steps: 1, batch: 4, learningRate: 0.01, warmUp: 1 };
const TRAININGS = {
  train: {
    stage: train,
    params: {
      ...{ deck: 9, game: 'set', seed: 1, model: 'contrastive', dim: 3, objective: 'expected' },
      ...{ encoder, ...steps },
    },
  },
  'train-variant': { stage: trainVariant, params: { ...SMALL_VARIANT, steps: 1 } },
  'ladder-encoder': {
    stage: ladderEncoder,
    params: { cards: 9, d: 2, seeds: [1, 2], keyScale: 1, encoder, ...steps },
  },
  'sequences-training': {
    stage: sequencesTraining,
    params: {
      ...{ task: 'copy', seed: 1, layers: 1, heads: 1, width: 8, feedForward: 8, every: 1 },
      ...{ embedding: '1', sameQueryKey: true, tests: 2, ...steps },
    },
  },
  'translation-training': {
    stage: translationTraining,
    params: { seed: 1, layers: 1, heads: 1, width: 8, feedForward: 8, every: 1, ...steps },
  },
  'fractions-training': {
    stage: fractionsTraining,
    params: {
      ...{ binding: 'roles', seed: 1, deepest: 2, layers: 1, heads: 1, width: 8, feedForward: 8 },
      ...{ every: 1, tests: 2, probes: 4, ...steps },
    },
  },
};

const { backends } = await describeBackends();
const hasGpu = backends.some(({ detail }) => detail.includes('on the gpu'));

test.each(Object.entries(TRAININGS))(
  '%s runs on the engine by default, never on whatever the machine has',
  (_name, { stage, params }) => {
    expect(stage.params.parse(params)).toMatchObject({ backend: 'onnxruntime' });
    expect(stage.params.safeParse({ ...params, backend: 'auto' }).success).toBe(false);
  },
);

test.skipIf(hasGpu).each(Object.entries(TRAININGS))(
  '%s fails where the backend that it names is not there, instead of taking another',
  async (_name, { stage, params }) => {
    const inputs = {
      deck: { path: join(folder, 'deck.arrow') },
      queries: { path: join(folder, 'queries.arrow') },
      pairs: { path: join(folder, 'pairs.arrow') },
      units: { path: join(folder, 'units.arrow') },
    };
    const training = stage as unknown as Stage<
      unknown,
      Record<string, Arity>,
      Record<string, string>
    >;
    const run = runStage(training, folder, { ...params, backend: 'tensorflow-gpu' }, inputs);
    await expect(run).rejects.toThrow(
      /TensorFlow finds no GPU|has no native library|is not installed/,
    );
  },
);
