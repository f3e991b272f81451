import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { tf } from '../../src/engine/index.ts';
import {
  exactMatches,
  nextTokenScores,
  sequenceLoss,
  sequenceParameters,
  sinusoids,
  sourceAttention,
} from '../../src/studies/encoder-decoder.ts';
import { initialise } from '../../src/study/models/parameters.ts';
import { SMALL_MODEL } from './small-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const p = () =>
  Object.fromEntries(
    Object.entries(initialise(sequenceParameters(SMALL_MODEL), 1)).map(
      ([name, { shape, values }]) => [name, tf.tensor(values, [...shape])],
    ),
  );
const scoresOf = (source: number[], previous: number[]): number[] => [
  ...(nextTokenScores(
    p(),
    SMALL_MODEL,
    tf.tensor2d([source], undefined, 'int32') as Tensor2D,
    tf.tensor2d([previous], undefined, 'int32') as Tensor2D,
  ).dataSync() as Float32Array),
];

test('no score depends on later target tokens or on padding of the source', () => {
  const one = scoresOf([3, 4, 2, 0], [1, 3, 4, 5, 6]);
  const other = scoresOf([3, 4, 2, 0], [1, 3, 4, 6, 3]);
  const V = SMALL_MODEL.shape.tokens;
  one.slice(0, 3 * V).forEach((score, i) => {
    expect(other[i]).toBeCloseTo(score, 5);
  });
  expect(other.slice(3 * V)).not.toEqual(one.slice(3 * V));
  const shorter = scoresOf([3, 4, 2], [1, 3, 4, 5, 6]);
  shorter.forEach((score, i) => {
    expect(one[i]).toBeCloseTo(score, 4);
  });
});

test('positions are sin and cos of t / 10000^(2i / w)', () => {
  const table = sinusoids(3, 4);
  const expected = [1, 0.01]
    .map((rate) => Math.sin(2 * rate))
    .concat([1, 0.01].map((rate) => Math.cos(2 * rate)));
  expected.forEach((value, i) => {
    expect(table[8 + i]).toBeCloseTo(value, 6);
  });
});

test('loss and exact match ignore padding', () => {
  // Two rows of two tokens, three kinds; the second row ends after one.
  const scores = tf.tensor3d([0, 5, 0, 0, 0, 5, 0, 5, 0, 9, 0, 0], [2, 2, 3]) as Tensor3D;
  const right = tf.tensor2d([1, 2, 1, 0], [2, 2], 'int32') as Tensor2D;
  const wrong = tf.tensor2d([1, 1, 2, 0], [2, 2], 'int32') as Tensor2D;
  expect([...exactMatches(scores, right).dataSync()]).toEqual([1, 1]);
  expect([...exactMatches(scores, wrong).dataSync()]).toEqual([0, 0]);
  const each = Math.log(Math.exp(5) + 2) - 5;
  expect(sequenceLoss(scores, right).dataSync()[0]).toBeCloseTo(each, 5);
});

test('with zeroed outputs a block starts as its own normalised input, so that attention moves nothing', () => {
  const model = { ...SMALL_MODEL, zeroOutput: true };
  const specs = sequenceParameters(model);
  const zeroed = Object.keys(specs).filter((name) => specs[name].start.kind === 'zeros');
  const outputs = zeroed.filter((name) => name.endsWith('.out.weight'));
  // Two attentions and a network per decoder layer, one of each per encoder layer.
  expect(outputs).toHaveLength(2 * (2 + 3));
  const values = Object.fromEntries(
    Object.entries(initialise(specs, 1)).map(([name, { shape, values: own }]) => [
      name,
      tf.tensor(own, [...shape]),
    ]),
  );
  const scores = (source: number[]) => [
    ...nextTokenScores(
      values,
      model,
      tf.tensor2d([source], undefined, 'int32') as Tensor2D,
      tf.tensor2d([[1, 3, 4, 5, 6]], undefined, 'int32') as Tensor2D,
    ).dataSync(),
  ];
  expect(scores([3, 4, 5, 2])).toEqual(scores([5, 3, 6, 2]));
});

test('learnt positions and untied tables are parameters of their own, of the variance asked for', () => {
  const untied = sequenceParameters({ ...SMALL_MODEL, tied: false });
  expect(Object.keys(untied)).toEqual(expect.arrayContaining(['targetTokens', 'outputTokens']));
  const shape = { tokens: 7, source: 300, target: 5 };
  const learnt = (positions: 'learnt' | 'learnt, half the variance') => {
    const model = { ...SMALL_MODEL, shape, width: 64, positions };
    const { values } = initialise(sequenceParameters(model), 1).positions;
    return values.reduce((sum, x) => sum + x * x, 0) / values.length;
  };
  expect(learnt('learnt')).toBeCloseTo(1, 1);
  expect(learnt('learnt, half the variance')).toBeCloseTo(0.5, 1);
});

test('every place of the target reads shares of the source, which are none of padding', () => {
  const weights = sourceAttention(
    p(),
    SMALL_MODEL,
    tf.tensor2d([[3, 4, 2, 0]], undefined, 'int32') as Tensor2D,
    tf.tensor2d([[1, 3, 4, 5, 6]], undefined, 'int32') as Tensor2D,
  );
  expect(weights.shape).toEqual([1, 2, 5, 4]);
  for (const rows of weights.arraySync()[0]) {
    for (const row of rows) {
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(row[3]).toBe(0);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
    }
  }
});

test('roles are matrices more per attention, and roles of ones leave attention as it is', () => {
  const model = { ...SMALL_MODEL, roles: true };
  const specs = sequenceParameters(model);
  const more = Object.keys(specs).filter((name) => !(name in sequenceParameters(SMALL_MODEL)));
  // Two layers of an encoder with one attention and a decoder with two: a weight and a bias each.
  expect(more).toHaveLength(2 * 3 * 2);
  expect(more.every((name) => name.includes('.role.'))).toBe(true);
  const scores = (fill: number) => {
    const roles = more.map((name) => {
      const { shape } = specs[name];
      return [name, tf.fill([...shape], name.endsWith('.bias') ? fill : 0)];
    });
    return nextTokenScores(
      { ...p(), ...Object.fromEntries(roles) },
      model,
      tf.tensor2d([[3, 4, 2, 0]], undefined, 'int32') as Tensor2D,
      tf.tensor2d([[1, 3, 4, 5, 6]], undefined, 'int32') as Tensor2D,
    ).dataSync();
  };
  expect([...scores(1)]).toEqual(scoresOf([3, 4, 2, 0], [1, 3, 4, 5, 6]));
  expect([...scores(2)]).not.toEqual([...scores(1)]);
});
