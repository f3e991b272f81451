import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import { tf } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';
import { SEQUENCE_CLAIMS } from '../../../src/studies/sequences/claims.ts';
import {
  drawBatch,
  END,
  isHeldOut,
  PAD,
  START,
  shapeOf,
} from '../../../src/studies/sequences/examples.ts';
import { learn } from '../../../src/studies/sequences/learn.ts';
import {
  exactMatches,
  nextTokenScores,
  sequenceLoss,
  sequenceParameters,
  sinusoids,
} from '../../../src/studies/sequences/model.ts';
import type { SequenceRun, Variant } from '../../../src/studies/sequences/points.ts';
import {
  TASKS,
  type Task,
  taskDefinitions,
  writtenForms,
} from '../../../src/studies/sequences/tasks.ts';
import { initialise } from '../../../src/study/models/parameters.ts';

beforeAll(() => tf.setBackend('cpu'));

const several = (task: Task, count = 50) => {
  const random = stream(1, 'tasks', task);
  return Array.from({ length: count }, () => taskDefinitions[task].draw(random));
};

describe('tasks', () => {
  test('series: copied, reversed, plus one, plus the one before', () => {
    for (const { source, target } of several('copy')) expect(target).toEqual(source);
    for (const { source, target } of several('reverse')) {
      expect(target).toEqual(source.toReversed());
    }
    for (const { source, target } of several('increment')) {
      expect(target.map(Number)).toEqual(source.map((x) => (Number(x) + 1) % 10));
    }
    for (const { source, target } of several('sum')) {
      const before = [0, ...source.map(Number)];
      expect(target.map(Number)).toEqual(source.map((x, i) => (Number(x) + before[i]) % 10));
    }
  });

  test('a product multiplied out is the same number for any x', () => {
    const evaluated = (text: string, x: number): number =>
      text.split(/(?=[+-])/).reduce((sum, term) => {
        const [factor, power] = term.split('x');
        return sum + Number(factor) * (power === undefined ? 1 : power === '^2' ? x * x : x);
      }, 0);
    for (const { source, target } of several('polynomial')) {
      const [left, right] = source.join('').slice(1, -1).split(')(');
      for (const x of [-2, 0, 1, 3]) {
        expect(evaluated(target.join(''), x)).toBeCloseTo(
          evaluated(left, x) * evaluated(right, x),
          9,
        );
      }
    }
  });

  test('a written date is the day it says', () => {
    expect(writtenForms(2024, 1, 29)).toEqual([
      '29 February 2024',
      'February 29, 2024',
      '29 Feb 2024',
      'Feb 29, 2024',
      'Thursday, February 29, 2024',
      'Thu 29 Feb 2024',
      '29.2.2024',
      '29.02.2024',
      '2024/02/29',
    ]);
    for (const { target } of several('date')) {
      const iso = target.join('');
      expect(new Date(iso).toISOString().slice(0, 10)).toBe(iso);
    }
  });

  test('every example fits its task’s symbols and lengths', () => {
    for (const task of TASKS) {
      const { symbols, longest } = taskDefinitions[task];
      for (const { source, target } of several(task, 300)) {
        expect(source.length).toBeLessThanOrEqual(longest.source);
        expect(target.length).toBeLessThanOrEqual(longest.target);
        for (const symbol of [...source, ...target]) expect(symbols).toContain(symbol);
      }
    }
  });
});

describe('batches', () => {
  test('the decoder reads START and the target, and is to say the target and END', () => {
    const { source: S, target: T } = shapeOf('copy');
    const { source, previous, next } = drawBatch('copy', 'train', 8, 1, 0);
    for (let i = 0; i < 8; i++) {
      const real = (row: Int32Array, L: number) =>
        [...row.slice(i * L, i * L + L)].filter((id) => id !== PAD);
      const [read, said] = [real(previous, T), real(next, T)];
      expect(read[0]).toBe(START);
      expect(said).toEqual([...read.slice(1), END]);
      expect(real(source, S)).toEqual(said);
    }
  });

  test('no source is both trained on and held out', () => {
    for (const task of TASKS) {
      const parts = several(task, 400).map(isHeldOut);
      const share = parts.filter(Boolean).length / parts.length;
      expect(share).toBeGreaterThan(0.01);
      expect(share).toBeLessThan(0.15);
    }
    const sources = (part: 'train' | 'held-out') => {
      const { source } = drawBatch('polynomial', part, 200, 1, 0);
      const S = shapeOf('polynomial').source;
      return Array.from({ length: 200 }, (_, i) => source.slice(i * S, (i + 1) * S).join());
    };
    const heldOut = new Set(sources('held-out'));
    expect(sources('train').filter((source) => heldOut.has(source))).toEqual([]);
  });

  test('a batch is a function of its arguments', () => {
    expect(drawBatch('date', 'train', 4, 1, 7)).toEqual(drawBatch('date', 'train', 4, 1, 7));
    expect(drawBatch('date', 'train', 4, 1, 7)).not.toEqual(drawBatch('date', 'train', 4, 1, 8));
  });
});

describe('the model', () => {
  const model = {
    shape: { tokens: 7, source: 4, target: 5 },
    layers: 2,
    heads: 2,
    width: 8,
    feedForward: 12,
    embedding: '1/width',
    sameQueryKey: false,
  } as const;
  const p = () =>
    Object.fromEntries(
      Object.entries(initialise(sequenceParameters(model), 1)).map(([name, { shape, values }]) => [
        name,
        tf.tensor(values, [...shape]),
      ]),
    );
  const scoresOf = (source: number[], previous: number[]): number[] => [
    ...(nextTokenScores(
      p(),
      model,
      tf.tensor2d([source], undefined, 'int32') as Tensor2D,
      tf.tensor2d([previous], undefined, 'int32') as Tensor2D,
    ).dataSync() as Float32Array),
  ];

  test('no score depends on later target tokens, nor on padding of the source', () => {
    const one = scoresOf([3, 4, 2, 0], [1, 3, 4, 5, 6]);
    const other = scoresOf([3, 4, 2, 0], [1, 3, 4, 6, 3]);
    const V = model.shape.tokens;
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

  test('loss and exact match leave padding out', () => {
    // Two rows of two tokens, three kinds; the second row ends after one.
    const scores = tf.tensor3d([0, 5, 0, 0, 0, 5, 0, 5, 0, 9, 0, 0], [2, 2, 3]) as Tensor3D;
    const right = tf.tensor2d([1, 2, 1, 0], [2, 2], 'int32') as Tensor2D;
    const wrong = tf.tensor2d([1, 1, 2, 0], [2, 2], 'int32') as Tensor2D;
    expect([...exactMatches(scores, right).dataSync()]).toEqual([1, 1]);
    expect([...exactMatches(scores, wrong).dataSync()]).toEqual([0, 0]);
    const each = Math.log(Math.exp(5) + 2) - 5;
    expect(sequenceLoss(scores, right).dataSync()[0]).toBeCloseTo(each, 5);
  });

  test('a short training learns, and the same seed gives the same curve', async () => {
    const learning = {
      task: 'copy',
      model: { ...model, shape: shapeOf('copy'), width: 16, sameQueryKey: true },
      batch: 16,
      schedule: { peak: 0.005, warmUp: 10, steps: 60 },
      every: 30,
      tests: 32,
      seed: 1,
    } as const;
    const [first, second] = [await learn(learning), await learn(learning)];
    expect(first).toEqual(second);
    expect(first.map(({ step }) => step)).toEqual([30, 60]);
    expect(first[1].loss).toBeLessThan(first[0].loss);
    expect(first[1].loss).toBeLessThan(Math.log(13));
  });
});

describe('claims', () => {
  /** A run that reaches all but everything at a step. */
  const run = (
    task: Task,
    variant: Variant,
    seed: number,
    at: number,
    steps = 4000,
  ): SequenceRun => ({
    task,
    variant,
    seed,
    points: Array.from({ length: steps / 100 }, (_, i) => ({
      step: (i + 1) * 100,
      loss: 1,
      exactMatch: (i + 1) * 100 >= at ? 0.99 : 0.1,
    })),
  });
  const verdicts = (runs: readonly SequenceRun[]) =>
    Object.fromEntries(
      judgeClaims(SEQUENCE_CLAIMS, runs, 'test').map(({ claim, verdict }) => [claim, verdict]),
    );

  test('hold, fail or stay open by the steps that were needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 39 }),
        (base, other) => {
          const runs = [1, 2].flatMap((seed) => [
            run('reverse', 'base', seed, base * 100),
            run('reverse', 'variance-1', seed, other * 100),
            run('reverse', 'no-warm-up', seed, other * 100),
          ]);
          const found = verdicts(runs);
          expect(found['learns-reverse']).toBe('holds');
          expect(found['embedding-variance']).toBe(other >= 2 * base ? 'holds' : 'fails');
          expect(found['warm-up']).toBe(other > base ? 'holds' : 'fails');
          expect(found['same-query-key']).toBe('undecided');
        },
      ),
    );
  });

  test('a task that is not learned fails, unless the profile stops early', () => {
    expect(verdicts([run('sum', 'base', 1, 9999)])['learns-sum']).toBe('fails');
    expect(verdicts([run('sum', 'base', 1, 9999, 500)])['learns-sum']).toBe('undecided');
  });
});
