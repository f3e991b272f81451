import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { exportTwin } from '../../bench/peers/export-twin.ts';
import { pythonWith } from '../../bench/peers/python.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { vocabulary } from '../../src/study/deck/tokens.ts';
import { trainingQueries } from '../../src/study/games/sampling.ts';
import type { ModelConfiguration } from '../../src/study/models/configuration.ts';
import { modelParameters } from '../../src/study/models/model.ts';
import { initialise } from '../../src/study/models/parameters.ts';
import { type Batch, batchSource } from '../../src/study/training/batches.ts';
import { train } from '../../src/study/training/loop.ts';
import { learningRate } from '../../src/study/training/schedules.ts';
import type { Objective } from '../../src/study/training/step.ts';

const TWIN = join(import.meta.dirname, '../../bench/peers/twin.py');
const STEPS = 50;
const BATCH = 8;

const python = pythonWith('torch');
const because = python
  ? ''
  : ' (skipped: PyTorch is not installed: set PYTHON to a Python that has it)';

const deck = deckOf(27);
const model: ModelConfiguration = {
  model: 'contrastive',
  dim: 27,
  keys: deck.keys,
  values: deck.values,
  layout: { kind: 'pairs', pairs: 5 },
  encoder: { width: 64, layers: 4, feedForward: 256, heads: 4, pooling: 'mean' },
  keyScale: 5,
};

function copyOf(batch: Batch): Batch {
  return structuredClone(batch);
}

/** Losses of our training and of PyTorch's, same initial weights, same batches. */
async function losses(config: ModelConfiguration, objective: Objective, asOurs: boolean) {
  const queries = trainingQueries({ deck, game: 'union', pairs: 5, seed: 1, count: 512 });
  const batches = batchSource(queries, config.layout, deck.keys, vocabulary(deck).pad, BATCH, 1);
  const parameters = initialise(modelParameters(config), 1);
  const schedule = { peak: 1e-3, warmUp: 10, steps: STEPS };
  const step = { model: config, objective, batch: BATCH, keyRate: 3 };
  const all = [...Array(STEPS).keys()];
  const folder = mkdtempSync(join(tmpdir(), 'twin-'));
  try {
    exportTwin(folder, {
      step,
      parameters,
      batches: all.map((done) => copyOf(batches.draw(done, 5))),
      learningRates: all.map((done) => learningRate(schedule, done)),
    });
    const ours: number[] = [];
    await train(
      { step, parameters, batches, schedule, curriculum: { lessons: [], review: 0 }, seed: 1 },
      { onStep: ({ loss }) => ours.push(loss) },
    );
    const args = [TWIN, folder, '--steps', String(STEPS), ...(asOurs ? ['--as-ours'] : [])];
    const { stdout } = execaSync(python ?? 'python3', args);
    const lines = stdout.split('\n');
    return { ours, theirs: lines.map((line) => Number(JSON.parse(line).loss)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(python === undefined)(`a PyTorch twin of the same model${because}`, () => {
  test.each([
    ['contrastive', 'expected', false],
    ['contrastive', 'sampled', true],
    ['noncontrastive', 'expected', false],
  ] as const)(
    'has the same losses as our %s model, %s objective, over 50 steps',
    async (kind, objective, asOurs) => {
      const { ours, theirs } = await losses({ ...model, model: kind }, objective, asOurs);
      expect(theirs).toHaveLength(STEPS);
      expect(theirs[STEPS - 1]).toBeLessThan(theirs[0]);
      theirs.forEach((loss, i) => {
        expect(Math.abs(ours[i] - loss) / Math.abs(loss), `step ${i + 1}`).toBeLessThan(1e-3);
      });
    },
  );
});
