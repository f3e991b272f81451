import { describe, expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { maskSize } from '../../../src/study/deck/masks.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';
import { trainingQueries } from '../../../src/study/games/sampling.ts';
import { batchSource } from '../../../src/study/training/batches.ts';
import { maskKeys } from '../mask-keys.ts';

const deck = deckOf(27);
const { pad, start, end, union, symdiff } = vocabulary(deck);
const layout = { kind: 'pairs', pairs: 5 } as const;
const queries = trainingQueries({ deck, game: 'symdiff', pairs: 5, count: 500, seed: 1 });
const size = 16;
const source = () => batchSource(queries, layout, deck.keys, pad, size, 3);

describe('batches', () => {
  test('depend on seed and step alone', () => {
    const forwards = source();
    forwards.draw(0, 2);
    forwards.draw(1, 5);
    const there = structuredClone(forwards.draw(7, 2));
    expect(source().draw(7, 2)).toEqual(there);
    expect(source().draw(8, 2)).not.toEqual(there);
    const other = batchSource(queries, layout, deck.keys, pad, size, 4);
    expect(other.draw(7, 2)).not.toEqual(there);
  });

  test('pack short queries: start, cards and operators in order, end, and no padding', () => {
    for (const pairs of [1, 2, 3, 4, 5]) {
      const { tokens, length } = source().draw(0, pairs);
      expect(length).toBe(3 * pairs + 1);
      for (let i = 0; i < size; i++) {
        const row = [...tokens.subarray(i * length, (i + 1) * length)];
        expect(row[0]).toBe(start);
        expect(row[length - 1]).toBe(end);
        row.slice(1, -1).forEach((token, t) => {
          if (t % 3 === 2) expect([union, symdiff]).toContain(token);
          else expect(token).toBeLessThan(deck.cards);
        });
      }
    }
  });

  test('give each true key the same share and name one of them', () => {
    const { shares, keys } = source().draw(0, 5);
    for (let i = 0; i < size; i++) {
      const row = shares.subarray(i * deck.keys, (i + 1) * deck.keys);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(row[keys[i]]).toBe(Math.max(...row));
    }
  });

  test('keep the slots of short queries', () => {
    const drawn = new Set<string>();
    const { slots = [], length } = source().draw(0, 2);
    for (let i = 0; i < size; i++) {
      const row = [...slots.slice(i * length, (i + 1) * length)];
      const [a, b] = [row[1], row[4]];
      expect(row).toEqual([5, a, a, b, b, b, 5]);
      expect(a).toBeLessThan(b);
      drawn.add(`${a} ${b}`);
    }
    expect(drawn.size).toBeGreaterThan(4);
    const full = source().draw(0, 5);
    expect([...(full.slots ?? []).slice(0, full.length)]).toEqual([
      5, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5,
    ]);
  });

  test('mark the padding of member lists', () => {
    const shatter = trainingQueries({ deck, game: 'shatter', pairs: 5, count: 50, seed: 1 });
    const members = batchSource(shatter, { kind: 'members' }, deck.keys, pad, size, 3);
    const { tokens, present, length, shares } = members.draw(0, 1);
    expect(length).toBe(29);
    for (let i = 0; i < size; i++) {
      const row = tokens.subarray(i * length, (i + 1) * length);
      const real = [...row].filter((token) => token !== pad).length;
      const marked = present?.subarray(i * length, (i + 1) * length).reduce((a, b) => a + b, 0);
      expect(marked).toBe(real);
      const members = shares.subarray(i * deck.keys, (i + 1) * deck.keys).filter((s) => s > 0);
      expect(members.length).toBe(real - 2);
    }
  });

  test('say which queries a table lacks', () => {
    const short = trainingQueries({ deck, game: 'union', pairs: 2, count: 20, seed: 1 });
    const lacking = batchSource(short, { kind: 'pairs', pairs: 2 }, deck.keys, pad, 4, 1);
    expect(() => lacking.draw(0, 3)).toThrow(
      'the training table has no union queries of 3 pairs, only of 1, 2: change the lessons or build-queries',
    );
  });

  test('leave masks as they are in the table', () => {
    const { shares } = source().draw(0, 5);
    const answers = new Set(
      Array.from({ length: queries.count }, (_, row) => maskKeys(queries.keyMasks, row, 1).join()),
    );
    for (let i = 0; i < size; i++) {
      const keys = [...Array(deck.keys).keys()].filter((k) => shares[i * deck.keys + k] > 0);
      expect(answers).toContain(keys.join());
    }
    expect(maskSize(queries.keyMasks, 0, 1)).toBeGreaterThan(0);
  });
});
