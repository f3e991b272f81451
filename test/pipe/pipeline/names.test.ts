import { expect, test } from 'vitest';
import { escapeValue, folderName, isAxisText } from '../../../src/pipe/pipeline/names.ts';
import { encodePlan, Plan } from '../../../src/pipe/pipeline/plan.ts';
import { fc } from '../../properties.ts';
import { buildGraph } from './build.ts';

test.each([
  ['small', 'small'],
  ['1.5', '1.5'],
  ['a b', 'a%20b'],
  ['data/été.csv', 'data%2f%c3%a9t%c3%a9.csv'],
  ['..', '%2e%2e'],
  ['.hidden', '%2ehidden'],
  ['ends.', 'ends%2e'],
  ['50%', '50%25'],
  ['a:b*?"<>|\\', 'a%3ab%2a%3f%22%3c%3e%7c%5c'],
  ['日本', '%e6%97%a5%e6%9c%ac'],
])('%s becomes %s in a folder name', (value, name) => {
  expect(escapeValue(value)).toBe(name);
  expect(decodeURIComponent(name)).toBe(value);
});

test('every value can be read back from its folder name, of which every system takes every character', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter(isAxisText);
  fc.assert(
    fc.property(text, fc.boolean(), (value, isFolded) => {
      const name = escapeValue(value, isFolded);
      expect(decodeURIComponent(name)).toBe(value);
      expect(name).toMatch(/^[A-Za-z0-9_+%-]([A-Za-z0-9_.+%-]*[A-Za-z0-9_+%-])?$/);
      if (isFolded) expect(name).toBe(name.toLowerCase());
    }),
    { numRuns: 1000 },
  );
});

test('values that differ only in case have folders that differ in more', async () => {
  const graph = await buildGraph(
    `axes: { m: [GPT, gpt, Gpt, BERT], n: { from: 1, to: 2 } }\nstages: { s: { matrix: [m, n] } }`,
    { s: {} },
  );
  const folders = graph.instances.map(({ folder }) => folder);
  expect(folders.filter((folder) => folder.endsWith('n=1'))).toEqual([
    'artifacts/s/m=%47%50%54,n=1',
    'artifacts/s/m=gpt,n=1',
    'artifacts/s/m=%47pt,n=1',
    'artifacts/s/m=BERT,n=1',
  ]);
  expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(folders.length);
  expect(new Plan(encodePlan(graph)).instances).toEqual(graph.instances);
});

test('a range is its numbers, without the noise of binary fractions', async () => {
  const graph = await buildGraph(
    `axes: { a: { from: 1, to: 3 }, b: { from: 0.1, to: 0.5, step: 0.1 } }
stages: { s: { matrix: [a] }, t: { matrix: [b] } }`,
    { s: {}, t: {} },
  );
  expect(graph.instances.map(({ axes }) => axes.a ?? axes.b)).toEqual([
    1, 2, 3, 0.1, 0.2, 0.3, 0.4, 0.5,
  ]);
});

test('the name of a folder joins its coordinates', () => {
  expect(
    folderName([
      ['model', 'A B'],
      ['seed', 1],
    ]),
  ).toBe('model=A%20B,seed=1');
});
