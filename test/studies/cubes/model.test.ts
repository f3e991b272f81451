import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile } from '../../../src/engine/index.ts';
import { batchOf } from '../../../src/studies/cubes/batches.ts';
import { type CubesModel, cubesParameters, groupScores } from '../../../src/studies/cubes/model.ts';
import { asState } from '../../../src/studies/state.ts';
import { initialise, parameterCount } from '../../../src/study/models/parameters.ts';
import { smallModel, smallPictures } from './small-model.ts';

const pictures = smallPictures('test', [2], 1);

/** Scores of the captions of some rows and their pictures, in G groups. */
async function scoresOf(model: CubesModel, rows: readonly number[], G: number): Promise<number[]> {
  const B = rows.length;
  const program = await compile({
    inputs: {
      pictures: { shape: [B, 3, model.size, model.size], dtype: 'float32' },
      captions: { shape: [B, model.words], dtype: 'int32' },
    },
    state: asState(initialise(cubesParameters(model), 1)),
    step: (inputs, p) => {
      const [drawn, captions] = [inputs.pictures as Tensor4D, inputs.captions as Tensor2D];
      return { outputs: { scores: groupScores(p, model, drawn, captions, G) } };
    },
  });
  const { scores } = await program.run({ ...batchOf(pictures, rows, () => 0, model.words) });
  const values = Array.from(scores);
  await program.dispose();
  return values;
}

function expectClose(found: readonly number[], wanted: readonly number[]) {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 4);
  });
}

test.each(['clip', 'late', 'cross'] as const)(
  '%s scores a pair as it does alone, and padding changes nothing',
  async (model) => {
    const scores = await scoresOf(smallModel(model), [0, 5, 9], 1);
    expect(new Set(scores.map((score) => score.toFixed(4))).size).toBeGreaterThan(6);
    // Rows and columns 0 and 2 of the three.
    const some = [0, 2, 6, 8].map((i) => scores[i]);
    expectClose(await scoresOf(smallModel(model), [0, 9], 1), some);
    expectClose(await scoresOf(smallModel(model, 13), [0, 9], 1), some);
  },
);

test('a cross-encoder scores groups as each of them alone; others have none', async () => {
  const model = smallModel('cross');
  const first = await scoresOf(model, [0, 1], 1);
  const second = await scoresOf(model, [7, 3], 1);
  expectClose(await scoresOf(model, [0, 1, 7, 3], 2), [...first, ...second]);
  await expect(scoresOf(smallModel('clip'), [0, 1, 7, 3], 2)).rejects.toThrow(
    'clip scores all 4 pairs at once',
  );
});

test('a cross-encoder has half the layers, and no vectors', () => {
  const encoder = { layers: 2, width: 32, heads: 4, feedForward: 64 };
  const of = (model: CubesModel['model'], d: number) =>
    parameterCount(cubesParameters({ model, d, encoder, size: 32, patch: 8, words: 23 }));
  const layer = 4 * 32 ** 2 + 4 * 32 + 2 * 32 * 64 + 64 + 32;
  const inputs = 192 * 32 + 32 + 16 * 32 + 15 * 32 + 23 * 32;
  expect(of('clip', 16)).toBe(inputs + 4 * layer + 2 * (32 * 16 + 16) + 1);
  expect(of('late', 16)).toBe(of('clip', 16));
  expect(of('cross', 0)).toBe(inputs + 2 * layer + 32 * 32 + 32 + 32 + 1);
});
