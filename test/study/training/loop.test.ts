import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Compile, compile } from '../../../src/engine/index.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';
import { trainingQueries } from '../../../src/study/games/sampling.ts';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { modelParameters } from '../../../src/study/models/model.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { batchSource } from '../../../src/study/training/batches.ts';
import { snapshotsIn } from '../../../src/study/training/checkpoints.ts';
import { type RunOptions, type Training, train } from '../../../src/study/training/loop.ts';
import type { Objective } from '../../../src/study/training/step.ts';
import { configuration } from '../models/fixtures.ts';

const deck = deckOf(9);
const BATCH = 16;

function training(
  steps: number,
  changes: Partial<ModelConfiguration> = {},
  objective: Objective = 'expected',
): Training {
  const model = configuration({ layout: { kind: 'pairs', pairs: 2 }, ...changes });
  const game = model.layout.kind === 'members' ? 'shatter' : 'union';
  const queries = trainingQueries({ deck, game, pairs: 2, count: 400, seed: 1 });
  const { pad } = vocabulary(deck);
  return {
    step: { model, objective, batch: BATCH, keyRate: 1 },
    parameters: initialise(modelParameters(model), 1),
    batches: batchSource(queries, model.layout, deck.keys, pad, BATCH, 1),
    schedule: { peak: 0.01, warmUp: 5, steps },
    curriculum: { lessons: [{ pairs: 1, share: 0.4 }], review: 0 },
    seed: 1,
  };
}

const folder = () => mkdtempSync(join(tmpdir(), 'shatter-training-'));
const silent = () => undefined;

/** Trains, but is killed after `steps` steps. */
async function killedAfter(steps: number, work: Training, options: RunOptions) {
  const controller = new AbortController();
  const killed = train(work, {
    ...options,
    signal: controller.signal,
    onStep: ({ step }) => {
      if (step === steps) controller.abort(new Error('killed'));
    },
  });
  await expect(killed).rejects.toThrow('killed');
}

describe('a training', () => {
  test('lowers the loss', async () => {
    const work = { ...training(150), curriculum: { lessons: [], review: 0 } };
    const { curve } = await train(work);
    expect(curve[curve.length - 1].step).toBe(150);
    expect(curve[curve.length - 1].loss).toBeLessThan(curve[0].loss - 0.1);
  });

  test.each([
    ['in the first lesson', 7],
    ['when the number of pairs changes', 12],
    ['near the end', 29],
  ])('killed %s and resumed gives the same bytes as an uninterrupted one', async (_, steps) => {
    const work = training(30);
    const whole = await train(work);
    const path = folder();
    const snapshots = snapshotsIn(path, silent);
    await killedAfter(steps, work, { snapshots, snapshotEvery: 0 });
    expect(snapshots.load()?.step).toBe(steps);
    const seen: number[] = [];
    const resumed = await train(work, { snapshots, onStep: ({ step }) => seen.push(step) });
    expect(seen[0]).toBe(steps + 1);
    expect(resumed).toEqual(whole);
  });

  test('with Muon gives the same bytes too when it is killed and resumed', async () => {
    const work = training(30);
    const withMuon: Training = { ...work, step: { ...work.step, optimizer: 'muon' } };
    const whole = await train(withMuon);
    const snapshots = snapshotsIn(folder(), silent);
    await killedAfter(17, withMuon, { snapshots, snapshotEvery: 0 });
    expect(await train(withMuon, { snapshots })).toEqual(whole);
    expect(whole).not.toEqual(await train(work));
  });

  test('that is already done when it is resumed gives its result again', async () => {
    const work = training(10);
    const snapshots = snapshotsIn(folder(), silent);
    const whole = await train(work, { snapshots, snapshotEvery: 0 });
    expect(await train(work, { snapshots })).toEqual(whole);
  });

  test('starts again from the beginning where a checkpoint is damaged, and says so', async () => {
    const path = folder();
    const messages: string[] = [];
    const snapshots = snapshotsIn(path, (message) => messages.push(message));
    await killedAfter(8, training(12), { snapshots, snapshotEvery: 0 });
    const file = join(path, 'training.checkpoint');
    const bytes = readFileSync(file);
    for (const damaged of [
      bytes.subarray(0, bytes.length - 1),
      Buffer.concat([bytes.subarray(0, -9), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])]),
      bytes.subarray(0, 20),
      Buffer.alloc(0),
    ]) {
      writeFileSync(file, damaged);
      messages.length = 0;
      expect(snapshots.load()).toBeUndefined();
      expect(messages).toEqual([`${file} is damaged: training restarts from step 0`]);
    }
    const whole = await train(training(12));
    expect(await train(training(12), { snapshots })).toEqual(whole);
  });

  test('stops where the loss is no longer finite, naming step, loss and last checkpoint', async () => {
    const brokenFrom =
      (run: number): Compile =>
      async (definition) => {
        const program = await compile(definition);
        let runs = 0;
        return {
          ...program,
          async run(inputs) {
            const outputs = await program.run(inputs);
            return ++runs < run ? outputs : { ...outputs, loss: Float32Array.of(Number.NaN) };
          },
        };
      };
    const work: Training = {
      ...training(30),
      curriculum: { lessons: [], review: 0 },
    };
    await expect(train(work, { compile: brokenFrom(4) })).rejects.toThrow(
      /diverged in step 4: loss NaN, .*there is no earlier checkpoint\. Lower learningRate/,
    );
    const snapshots = snapshotsIn(folder(), silent);
    await expect(
      train(work, { compile: brokenFrom(9), snapshots, snapshotEvery: 0 }),
    ).rejects.toThrow('the last good checkpoint is from step 8');
    expect(snapshots.load()?.step).toBe(8);
  });

  test.each([
    ['sampled, contrastive', {}, 'sampled'],
    ['sampled, non-contrastive', { model: 'noncontrastive' }, 'sampled'],
    ['expected, non-contrastive', { model: 'noncontrastive' }, 'expected'],
    ['padded members', { layout: { kind: 'members' } }, 'expected'],
  ] as const)('runs every objective and layout: %s', async (_, changes, objective) => {
    const { parameters, curve } = await train(training(10, changes, objective));
    expect(curve[0].loss).toBeGreaterThan(0);
    for (const { values } of Object.values(parameters)) {
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });
});
