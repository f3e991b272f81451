// Dilation of images: the largest sum of a number and its place in the filter.
//
// B images of H x W numbers in C channels, h x w windows, n places in the filter.
import { type Graph, sizeOf, type Value } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { add, compare, multiply } from './arithmetic.ts';
import { tapsOf } from './convolution.ts';
import { concat } from './joining.ts';
import { reshape, reshapeValue, slice } from './layout.ts';
import { reduce } from './reductions.ts';
import { cast, full, type Inputs, type Symbolic, splat, symbolic } from './symbolic.ts';
import { type Window, windowOf } from './windows.ts';

interface Dilation {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations: number | [number, number];
}

/** What each place of the filter makes of each window. // n of [B, h, w, C] */
function sumsOf(
  graph: Graph,
  { x, filter }: Inputs,
  a: Dilation,
): { readonly sums: readonly Symbolic[]; readonly window: Window } {
  const window = windowOf(
    tf.backend_util.computeDilation2DInfo(
      [...x.shape] as [number, number, number, number],
      [...filter.shape] as [number, number, number],
      a.strides,
      a.pad,
      'NHWC',
      a.dilations,
    ),
  );
  const [, width, channels] = filter.shape;
  const taps = tapsOf(graph, cast(graph, x, 'float32'), window, -Infinity);
  const sums = taps.map((tap, i) => {
    const place = [Math.floor(i / width), i % width, 0];
    const row = reshape(graph, slice(graph, filter, place, [1, 1, channels]), [channels]);
    return add(graph, tap, row);
  });
  return { sums, window };
}

export function dilation(graph: Graph, inputs: Inputs, a: Dilation): Symbolic {
  const { sums } = sumsOf(graph, inputs, a);
  const [{ shape }] = sums;
  const values = sums.map((sum) => full(graph, sum));
  return symbolic(graph.op('Max', values, shape, 'float32'), shape, 'float32');
}

/** The place of each window's largest sum, the first of equal ones. // [B, h, w, C] int64 */
function winners(
  graph: Graph,
  inputs: Inputs,
  a: Dilation,
): { readonly places: Value; readonly window: Window; readonly count: number } {
  const { sums, window } = sumsOf(graph, inputs, a);
  const [{ shape }] = sums;
  const rows = sums.map((sum) => reshape(graph, sum, [1, ...shape]));
  const all = full(graph, concat(graph, rows, 0));
  const places = graph.op('ArgMax', [all], shape, 'int64', { axis: 0, keepdims: 0 });
  return { places, window, count: sums.length };
}

/** Each gradient goes to the number of the largest sum. // [B, H, W, C] */
export function dilationGradient(graph: Graph, inputs: Inputs, a: Dilation): Symbolic {
  const { x, dy, filter } = inputs;
  const { places, window } = winners(graph, inputs, a);
  const { shape } = places;
  const [B, H, W, C] = x.shape;
  const [, across] = filter.shape;
  const size = sizeOf(x.shape);
  const constant = (values: readonly number[], of: readonly number[]) =>
    graph.constant(BigInt64Array.from(values, BigInt), of, 'int64');
  const number = (n: number) => constant([n], []);
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
  const op = (name: string, inputs: readonly Value[], of: readonly number[]) =>
    graph.op(name, inputs, of, 'int64');
  /** Where along an axis the largest sum's number lies; at the border for a window in the padding alone. */
  const alongAxis = (axis: 0 | 1, offsetOf: (place: number) => number) => {
    const starts = upTo(window.output[axis]).map(
      (i) => i * window.strides[axis] - window.before[axis],
    );
    const offsets = upTo(filter.shape[0] * across).map((i) => offsetOf(i) * window.dilations[axis]);
    const table = constant(offsets, [offsets.length]);
    const moves = graph.op('Gather', [table, places], shape, 'int64', { axis: 0 });
    const first = constant(starts, axis === 0 ? [starts.length, 1, 1] : [starts.length, 1]);
    const last = number((axis === 0 ? H : W) - 1);
    return op('Clip', [op('Add', [moves, first], shape), number(0), last], shape);
  };
  const rows = alongAxis(0, (place) => Math.floor(place / across));
  const columns = alongAxis(1, (place) => place % across);
  const image = reshapeValue(graph, constant(upTo(B), [B]), [B, 1, 1, 1]);
  const channel = constant(upTo(C), [C]);
  // ((image H + row) W + column) C + channel
  const step = (whole: Value, n: number, part: Value, of: readonly number[]) =>
    op('Add', [op('Mul', [whole, number(n)], of), part], shape);
  const inImages = step(image, H, rows, image.shape);
  const positions = step(step(inImages, W, columns, shape), C, channel, shape);
  const count = sizeOf(shape);
  const updates = full(graph, reshape(graph, cast(graph, dy, 'float32'), [count]));
  const dx = graph.op(
    'ScatterND',
    [full(graph, splat(graph, 0, [size])), reshapeValue(graph, positions, [count, 1]), updates],
    [size],
    'float32',
    { reduction: 'add' },
  );
  return reshape(graph, symbolic(dx), x.shape);
}

/** The gradients of all windows that a place of the filter has won. // [.., .., C] */
export function dilationFilterGradient(graph: Graph, inputs: Inputs, a: Dilation): Symbolic {
  const { filter } = inputs;
  const dy = cast(graph, inputs.dy, 'float32');
  const { places, count } = winners(graph, inputs, a);
  const own = symbolic(places, places.shape, 'int32');
  const rows = Array.from({ length: count }, (_, place) => {
    const at = symbolic(graph.scalar(place, 'int64'), [], 'int32');
    const won = cast(graph, compare(graph, 'Equal', own, at), 'float32');
    return reduce(graph, 'ReduceSum', multiply(graph, dy, won), [0, 1, 2]);
  });
  return reshape(graph, concat(graph, rows, 0), filter.shape);
}
