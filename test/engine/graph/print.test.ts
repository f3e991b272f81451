import { expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { printGraph } from '../../../src/engine/graph/print.ts';

test('prints inputs, a node per line with types and attributes, and outputs', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 3], 'float32');
  const scaled = graph.op('Mul', [x, graph.scalar(0.5)], [2, 3], 'float32');
  const [best, places] = graph.ops(
    'TopK',
    [scaled, graph.ints([2])],
    [
      { shape: [2, 2], type: 'float32' },
      { shape: [2, 2], type: 'int64' },
    ],
    { axis: -1, scale: { float: 1.5 }, mode: 'largest', perm: [1, 0] },
  );
  expect(
    printGraph(
      new Map([
        ['best', best],
        ['places', places],
        ['same', x],
      ]),
    ),
  ).toBe(`inputs x: float32[2,3]
%0: float32[2,3] = Mul(x, 0.5)
%1: float32[2,2], %2: int64[2,2] = TopK(%0, [2]) axis=-1 scale=1.5 mode=largest perm=[1,0]
outputs best = %1, places = %2, same = x`);
});

test('prints absent operands as _ and long constants by their type', () => {
  const graph = new Graph();
  const x = graph.input('x', [9], 'float32');
  const bias = graph.constant(new Float32Array(9), [9], 'float32');
  const y = graph.op('Clip', [x, undefined, bias], [9], 'float32');
  expect(printGraph(new Map([['y', y]]))).toBe(`inputs x: float32[9]
%0: float32[9] = Clip(x, _, constant float32[9])
outputs y = %0`);
});
