import type { Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile } from '../../../src/engine/index.ts';
import { answerQueries, floorOf, scoreRows } from '../../../src/studies/scenes/experiment.ts';
import { sceneScores, scenesParameters } from '../../../src/studies/scenes/model.ts';
import { QuerySource, testQueries } from '../../../src/studies/scenes/queries.ts';
import { LEVELS } from '../../../src/studies/scenes/tables.ts';
import { drawScenes } from '../../../src/studies/scenes/world.ts';
import { asState } from '../../../src/studies/state.ts';
import { initialise, parameterCount } from '../../../src/study/models/parameters.ts';

const scenes = drawScenes({ scenes: 8, fewest: 3, most: 4, seed: 1 });
const asked = testQueries(new QuerySource(scenes), 4, 1);
const { signal } = new AbortController();
const encoder = { layers: 2, width: 16, heads: 2, feedForward: 32 };

test('free vectors of eight numbers answer queries about eight scenes, of one do not', async () => {
  const search = { steps: 200, learningRate: 0.1, restarts: 2, seed: 1, signal };
  const mean = async (d: number) => {
    const rows = await floorOf(asked, 8, d, search);
    expect(rows.map(({ level }) => level)).toEqual([...LEVELS]);
    return rows.reduce((sum, { kl }) => sum + kl, 0) / rows.length;
  };
  expect(await mean(8)).toBeLessThan(0.01);
  expect(await mean(1)).toBeGreaterThan(0.1);
});

test.each([8, 0])('a model of d = %i learns queries better than it knew them', async (d) => {
  const training = {
    d,
    encoder,
    batch: 16,
    schedule: { peak: 0.02, warmUp: 5, steps: 120 },
    seed: 1,
    backend: 'onnxruntime',
  } as const;
  const kl = async (steps: number) => {
    const schedule = { ...training.schedule, steps };
    const rows = await answerQueries(scenes, asked, { ...training, schedule }, { signal });
    expect(rows[0]).toMatchObject({ model: d === 0 ? 'half' : 'contrastive', d, queries: 4 });
    return rows.reduce((sum, row) => sum + row.kl, 0) / rows.length;
  };
  expect(await kl(120)).toBeLessThan(0.9 * (await kl(1)));
});

test('the model of half the size scores a scene by the query and the scene alone', async () => {
  const model = { d: 0, encoder, scenes: 3, vocabulary: 10, length: 4 };
  const parameters = initialise(scenesParameters(model), 1);
  const other = {
    ...parameters,
    scenes: {
      ...parameters.scenes,
      values: parameters.scenes.values.map((x, i) => (i < 16 ? x : -x)),
    },
  };
  const scoresBy = async (given: typeof parameters) => {
    const program = await compile({
      inputs: { tokens: { shape: [2, 4], dtype: 'int32' } },
      state: asState(given),
      step: ({ tokens }, p) => ({ outputs: { scores: sceneScores(p, model, tokens as Tensor2D) } }),
    });
    const { scores } = await program.run({ tokens: Int32Array.of(1, 5, 2, 0, 1, 6, 7, 2) });
    const values = Array.from(scores);
    await program.dispose();
    return values;
  };
  const [before, after] = [await scoresBy(parameters), await scoresBy(other)];
  [0, 3].forEach((i) => {
    expect(after[i]).toBeCloseTo(before[i], 5);
  });
  expect(Math.abs(after[1] - before[1])).toBeGreaterThan(1e-3);
  const full = parameterCount(scenesParameters({ ...model, d: 16 }));
  expect(parameterCount(scenesParameters(model))).toBeLessThan(0.75 * full);
});

test('even scores are as far from the selected scenes as their number says', () => {
  const rows = scoreRows(
    { model: 'half', d: 0, seed: 1, parameters: 1 },
    asked,
    new Float32Array(asked.length * 8),
    8,
  );
  const list = rows.find(({ level }) => level === 'list');
  expect(list?.size).toBe(3);
  expect(list?.kl).toBeCloseTo(Math.log(8 / 3), 6);
});
