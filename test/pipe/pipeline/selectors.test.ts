import { expect, test } from 'vitest';
import { select } from '../../../src/pipe/pipeline/selectors.ts';
import { buildGraph } from './build.ts';

const graph = await buildGraph(
  `axes:
  game: [set, union]
  model: [{ model: contrastive, dim: 8 }, { model: contrastive, dim: 4 }, { model: noncontrastive }]
stages:
  train: { matrix: [game, model] }
  plot: { matrix: [], inputs: { w: train/out } }
`,
  { train: {}, plot: { inputs: { w: 'many' } } },
);

const ids = (...selectors: readonly string[]) => {
  const selection = select(graph, selectors);
  return selection.ok ? selection.instances.map(({ id }) => id) : selection.diagnostics;
};

test('a stage name selects all its instances', () => {
  expect(ids('train')).toHaveLength(6);
  expect(ids('plot')).toEqual(['plot']);
});

test('coordinates select the matching instances, in any order', () => {
  expect(ids('train[dim=8,game=union]')).toEqual(['train[game=union,model=contrastive,dim=8]']);
  expect(ids(' train[ game = union ] ')).toHaveLength(3);
  expect(ids('train[model=noncontrastive]')).toHaveLength(2);
  expect(ids('train[]')).toHaveLength(6);
});

test('every id selects its instance alone', () => {
  for (const { id } of graph.instances) expect(ids(id)).toEqual([id]);
});

test('every id selects its instance alone, whatever the values of its axes', async () => {
  const values = [
    'a b',
    'été',
    'a/b',
    '../x',
    'a,b=c',
    '[x]',
    '"q"',
    'back\\slash',
    'A',
    'a',
    '.',
    '-',
    ' edge ',
  ];
  const odd = await buildGraph(
    `axes: { v: ${JSON.stringify(values)} }\nstages: { s: { matrix: [v] } }`,
    { s: {} },
  );
  expect(odd.instances).toHaveLength(values.length);
  for (const { id } of odd.instances) {
    const selection = select(odd, [id]);
    expect(selection.ok && selection.instances.map((one) => one.id)).toEqual([id]);
  }
  const chosen = (text: string) => {
    const selection = select(odd, [text]);
    return selection.ok ? selection.instances.map(({ axes }) => axes.v) : selection.diagnostics;
  };
  expect(chosen('s[v= a b ]')).toEqual(['a b']);
  expect(chosen('s[v="a b"]')).toEqual(['a b']);
  expect(chosen('s[v="a,b=c"]')).toEqual(['a,b=c']);
  for (const text of ['s[v="a]', 's[v="\\x"]', 's[v=a]b]', 's[v=a"b]']) {
    expect(chosen(text)).toEqual([
      expect.objectContaining({ message: expect.stringContaining('form') }),
    ]);
  }
});

test('several selectors give each instance once, in the order of the graph', () => {
  expect(ids('plot', 'train[dim=8]', 'train[game=set,dim=8]')).toEqual([
    'train[game=set,model=contrastive,dim=8]',
    'train[game=union,model=contrastive,dim=8]',
    'plot',
  ]);
});

test('an unknown stage, axis or value comes with a suggestion', () => {
  expect(
    ids('trian', 'train[gmae=set]', 'train[game=onion]', 'train[dim=4,model=noncontrastive]'),
  ).toEqual([
    { message: "there is no stage 'trian'", hint: "did you mean 'train'?" },
    { message: "stage 'train' has no axis 'gmae'", hint: "did you mean 'game'?" },
    {
      message: "stage 'train' has no instance with game=onion in profile 'default'",
      hint: "did you mean 'union'?",
    },
    {
      message: "no instance matches 'train[dim=4,model=noncontrastive]' in profile 'default'",
      hint: 'these values never occur together: leave some out',
    },
  ]);
});

test('a malformed selector is rejected', () => {
  for (const text of [
    '',
    'train[',
    'train]',
    'train[game]',
    'train[game=]',
    'train[a=1=2]',
    'a b',
  ]) {
    expect(ids(text)).toMatchObject([
      { message: expect.stringContaining('does not have the form') },
    ]);
  }
  expect(ids('train[dim=8,dim=4]')).toMatchObject([{ message: expect.stringContaining('twice') }]);
});
