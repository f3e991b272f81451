import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { renderGraph } from '../../../../src/pipe/cli/graph/render.ts';
import { buildGraph } from '../../pipeline/build.ts';

const graph = await buildGraph(
  `axes: { game: [set, union], seed: [1] }
stages:
  deck: { matrix: [] }
  train: { matrix: [game, seed], inputs: { deck: deck/out } }
  plot: { matrix: [], inputs: { weights: train/out, deck: deck/out } }
  alone: {}
`,
  {
    deck: {},
    train: { inputs: { deck: 'one' } },
    plot: { inputs: { weights: 'many', deck: 'one' } },
    alone: {},
  },
);

test('text has a line per stage with its instances, axes and inputs', async () => {
  expect(await renderGraph(graph, 'text')).toBe(
    `profile default: 4 stages, 5 instances
  deck   1
  train  2  game seed  <- deck/out
  plot   1             <- deck/out, train/out × 2
  alone  1`,
  );
});

test('text of instances lists the inputs of each', async () => {
  expect(await renderGraph(graph, 'text', true)).toBe(
    `profile default: 4 stages, 5 instances
  deck
  train[game=set,seed=1]
    deck <- deck/out
  train[game=union,seed=1]
    deck <- deck/out
  plot
    deck <- deck/out
    weights <- train[game=set,seed=1]/out and 1 more
  alone`,
  );
});

test('Mermaid has a node per stage and an edge per input', async () => {
  expect(await renderGraph(graph, 'mermaid')).toBe(
    `flowchart LR
  n0["deck<br/>1 instance"]
  n1["train<br/>2 instances<br/>game, seed"]
  n2["plot<br/>1 instance"]
  n3["alone<br/>1 instance"]
  n0 -->|"out"| n1
  n0 -->|"out"| n2
  n1 -->|"out × 2"| n2`,
  );
});

test('dot has every instance and every edge once', async () => {
  const dot = await renderGraph(graph, 'dot', true);
  expect(dot.match(/ -> /g)).toHaveLength(5);
  expect(dot).toContain('"train[game=set,seed=1]" -> "plot" [label="out"];');
});

test('JSON holds the stages or the whole graph', async () => {
  expect(JSON.parse(await renderGraph(graph, 'json')).stages[1]).toEqual({
    stage: 'train',
    module: 'train',
    instances: 2,
    coordinates: ['game', 'seed'],
    inputs: [{ name: 'deck', stage: 'deck', output: 'out', sources: 1 }],
    outputs: { out: 'out.arrow' },
  });
  expect(JSON.parse(await renderGraph(graph, 'json', true))).toEqual(graph);
});

test('SVG has a box per stage, none overlapping, and a labelled line per input', async () => {
  const { document } = parseHTML(await renderGraph(graph, 'svg'));
  const boxes = [...document.querySelectorAll('g.node > path')].map((box) => {
    const points = [...(box.getAttribute('d') ?? '').matchAll(/([-\d.]+),([-\d.]+)/g)];
    const [xs, ys] = [1, 2].map((i) => points.map((point) => Number(point[i])));
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { x, y, right: Math.max(...xs), bottom: Math.max(...ys) };
  });
  expect(boxes).toHaveLength(4);
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.right < b.x || b.right < a.x || a.bottom < b.y || b.bottom < a.y;
      expect(apart).toBe(true);
    }
  }
  const texts = [...document.querySelectorAll('g.node, g.edge')].map((group) =>
    [...group.querySelectorAll('title, text')].map((text) => text.textContent),
  );
  expect(texts).toEqual(
    expect.arrayContaining([
      ['train->plot', 'out × 2'],
      ['train', 'train', '2 instances', 'game, seed'],
    ]),
  );
  expect(document.querySelectorAll('g.edge > path')).toHaveLength(3);
});

test('an instance without inputs of a graph without axes is drawn alone', async () => {
  const lonely = await buildGraph('stages: { a: }', { a: {} });
  expect(await renderGraph(lonely, 'text')).toBe('profile default: 1 stage, 1 instance\n  a  1');
  expect(await renderGraph(lonely, 'svg')).toContain('>1 instance</text>');
});
