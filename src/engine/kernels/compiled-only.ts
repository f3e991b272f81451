import { type Graph, sizeOf, type Value } from '../graph/graph.ts';
import {
  add,
  compare,
  constantLike,
  logical,
  multiply,
  select,
  subtract,
  unary,
} from './arithmetic.ts';
import { dilation, dilationFilterGradient, dilationGradient } from './dilation.ts';
import { clip, toInteger } from './elementwise.ts';
import { concat } from './joining.ts';
import { reshape, slice, steppedSlice } from './layout.ts';
import {
  cast,
  castValue,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  symbolic,
} from './symbolic.ts';

function flipLeftRight(graph: Graph, { image }: Inputs): Symbolic {
  const { shape } = image;
  const begin = shape.map((size, axis) => (axis === 2 ? size - 1 : 0));
  const steps = shape.map((_, axis) => (axis === 2 ? -1 : 1));
  return steppedSlice(graph, image, begin, steps, shape);
}

interface Crop {
  readonly cropSize: [number, number];
  readonly method: 'bilinear' | 'nearest';
  readonly extrapolationValue: number;
}

/** Where the pixels of each crop lie along an axis of the image. // [boxes, size] */
function cropPositions(
  graph: Graph,
  [start, end]: readonly [Symbolic, Symbolic],
  size: number,
  length: number,
): Symbolic {
  const last = constantLike(graph, length - 1);
  if (size === 1) {
    const middle = multiply(graph, add(graph, start, end), constantLike(graph, 0.5));
    return multiply(graph, middle, last);
  }
  const steps = symbolic(
    graph.constant(
      Float32Array.from({ length: size }, (_, i) => i),
      [1, size],
      'float32',
    ),
  );
  const extent = multiply(graph, subtract(graph, end, start), last);
  const step = multiply(graph, extent, constantLike(graph, 1 / (size - 1)));
  return add(graph, multiply(graph, start, last), multiply(graph, steps, step));
}

/** Pixels of the images of boxes, at rows and columns. // [boxes, height, width, channels] */
function pixelsAt(
  graph: Graph,
  image: Symbolic,
  boxImage: Symbolic,
  rows: Symbolic,
  columns: Symbolic,
): Symbolic {
  const [count, height] = rows.shape;
  const width = columns.shape[1];
  const shape = [count, height, width, 1];
  const spread = (x: Symbolic, to: number[]): Symbolic => ({ ...reshape(graph, x, to), shape });
  const positions = [
    spread(boxImage, [count, 1, 1, 1]),
    spread(toInteger(graph, rows), [count, height, 1, 1]),
    spread(toInteger(graph, columns), [count, 1, width, 1]),
  ].map((x) => symbolic(full(graph, x), shape, 'int32'));
  const indices = full(graph, concat(graph, positions, 3));
  const pixels = [count, height, width, image.shape[3]];
  const inputs = [full(graph, image), castValue(graph, indices, 'int64')];
  return symbolic(graph.op('GatherND', inputs, pixels, 'float32'), pixels, 'float32');
}

function cropAndResize(graph: Graph, { image, boxes, boxInd }: Inputs, a: Crop): Symbolic {
  const [, tall, wide] = image.shape;
  const [count] = boxes.shape;
  const [height, width] = a.cropSize;
  const corner = (i: number) => slice(graph, boxes, [0, i], [count, 1]);
  const rows = cropPositions(graph, [corner(0), corner(2)], height, tall);
  const columns = cropPositions(graph, [corner(1), corner(3)], width, wide);
  const pixels = cast(graph, image, 'float32');
  const at = (op: 'Floor' | 'Ceil', position: Symbolic, length: number) =>
    clip(graph, unary(graph, op, position), 0, length - 1);
  const pick = (y: Symbolic, x: Symbolic) => pixelsAt(graph, pixels, boxInd, y, x);
  const isOutside = (position: Symbolic, length: number) =>
    logical(
      graph,
      'Or',
      compare(graph, 'Less', position, constantLike(graph, 0)),
      compare(graph, 'Greater', position, constantLike(graph, length - 1)),
    );
  const outside = logical(
    graph,
    'Or',
    reshape(graph, isOutside(rows, tall), [count, height, 1, 1]),
    reshape(graph, isOutside(columns, wide), [count, 1, width, 1]),
  );
  const mix = (low: Symbolic, high: Symbolic, share: Symbolic) =>
    add(graph, low, multiply(graph, subtract(graph, high, low), share));
  const share = (position: Symbolic, shape: number[]) =>
    reshape(graph, subtract(graph, position, unary(graph, 'Floor', position)), shape);
  const inside = (): Symbolic => {
    if (a.method === 'nearest') {
      // Half a pixel goes up, as in JavaScript.
      const nearest = (position: Symbolic, length: number) =>
        at('Floor', add(graph, position, constantLike(graph, 0.5)), length);
      return pick(nearest(rows, tall), nearest(columns, wide));
    }
    const [top, bottom] = [at('Floor', rows, tall), at('Ceil', rows, tall)];
    const [left, right] = [at('Floor', columns, wide), at('Ceil', columns, wide)];
    const across = share(columns, [count, 1, width, 1]);
    const upper = mix(pick(top, left), pick(top, right), across);
    const lower = mix(pick(bottom, left), pick(bottom, right), across);
    return mix(upper, lower, share(rows, [count, height, 1, 1]));
  };
  return select(graph, outside, constantLike(graph, a.extrapolationValue), inside());
}

interface Suppression {
  readonly maxOutputSize: number;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  readonly padToMaxOutputSize: boolean;
}

/** The best boxes that do not overlap, padded with zeros, and their count. */
function paddedSuppression(graph: Graph, { boxes, scores }: Inputs, a: Suppression): Symbolic[] {
  if (!a.padToMaxOutputSize) throw new Error(OPEN_SIZE);
  const count = sizeOf(scores.shape);
  const size = a.maxOutputSize;
  const inputs = [
    full(graph, reshape(graph, boxes, [1, count, 4])),
    full(graph, reshape(graph, scores, [1, 1, count])),
    graph.ints([size]),
    graph.constant(Float32Array.of(a.iouThreshold), [1], 'float32'),
    graph.constant(Float32Array.of(a.scoreThreshold), [1], 'float32'),
  ];
  // Rows of batch, class and box; as many as are found.
  const found = graph.op('NonMaxSuppression', inputs, [size, 3], 'int64');
  const number = graph.op(
    'Gather',
    [graph.op('Shape', [found], [2], 'int64'), graph.scalar(0, 'int64')],
    [],
    'int64',
    { axis: 0 },
  );
  const zeros = graph.constant(new BigInt64Array(size * 3), [size, 3], 'int64');
  const padded = graph.op('Concat', [found, zeros], [2 * size, 3], 'int64', { axis: 0 });
  const bounds: Value[] = [
    [0, 2],
    [size, 3],
    [0, 1],
  ].map((list) => graph.ints(list));
  const picked = graph.op('Slice', [padded, ...bounds], [size, 1], 'int64');
  const indices = symbolic(castValue(graph, picked, 'int32'), [size, 1], 'int32');
  return [
    reshape(graph, indices, [size]),
    symbolic(castValue(graph, number, 'int32'), [], 'int32'),
  ];
}

const OPEN_SIZE =
  'the size of its result depends on data, which no compiled step can have; compute it outside, and of ' +
  'non-maximum suppression use tf.image.nonMaxSuppressionPadded with padToMaxOutputSize';

function refuseOpenSize(): never {
  throw new Error(OPEN_SIZE);
}

/**
 * Kernels that a compiled step needs, as it cannot run tfjs's own in between. Elsewhere tfjs's cpu backend
 * computes them, which checks its inputs.
 */
export const compiledOnly: KernelTable = {
  FlipLeftRight: flipLeftRight,
  Dilation2D: dilation,
  Dilation2DBackpropInput: dilationGradient,
  Dilation2DBackpropFilter: dilationFilterGradient,
  CropAndResize: cropAndResize,
  NonMaxSuppressionV4: paddedSuppression,
  NonMaxSuppressionV3: refuseOpenSize,
  NonMaxSuppressionV5: refuseOpenSize,
  Unique: refuseOpenSize,
};
