import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleQueries } from '../../../src/study/metrics/examples.ts';
import { readExamples, writeExamples } from '../../../src/study/metrics/examples-table.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEYS = 3;

const isTrue = Uint8Array.of(1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0);

const sizes = Uint16Array.of(2, 1, 2, 1);

const scores = Float32Array.from([0, 0, 0, 0, 0, Math.log(2), 5, 5, 5, 9, 9, 9]);

test('examples are read for one game and seed, widest model first, at the nearest number of true keys', () => {
  const path = join(folder, 'examples.arrow');
  writeExamples(path, exampleQueries(scores, isTrue, sizes, KEYS), KEYS);
  const at = (game: string, seed: number, dim?: number) => ({
    path,
    axes: {
      deck: 3,
      game,
      seed,
      model: dim === undefined ? 'noncontrastive' : 'contrastive',
      ...(dim !== undefined && { dim }),
    },
  });
  const all = [
    at('union', 2, 4),
    at('union', 1),
    at('union', 1, 4),
    at('union', 1, 8),
    at('set', 1, 8),
  ];
  const found = readExamples(all, 'union', 13);
  expect(found.map(({ dim }) => dim)).toEqual([8, 4, undefined]);
  for (const example of found) {
    expect(example).toMatchObject({
      deck: 3,
      trueKeys: 2,
      query: 0,
      isTrue: Uint8Array.of(1, 1, 0),
    });
    expect(example.mass[0]).toBeCloseTo(1 / 3, 6);
  }
  expect(readExamples(all, 'union', 1)[0].trueKeys).toBe(1);
});
