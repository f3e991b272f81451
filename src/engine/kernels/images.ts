import { type Graph, sizeOf } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { add, multiply, subtract } from './arithmetic.ts';
import { pad, reshape, slice, transpose } from './layout.ts';
import { matMul } from './products.ts';
import {
  cast,
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  symbolic,
} from './symbolic.ts';

interface BlockAttributes {
  readonly blockShape: number[];
  readonly paddings: [number, number][];
  readonly crops: number[][];
}

/** As tfjs's own backends: padding, a reshape, a transpose and a reshape. */
function spaceToBatch(
  graph: Graph,
  { x }: Inputs,
  { blockShape, paddings }: BlockAttributes,
): Symbolic {
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const rest = x.shape.slice(1 + blockShape.length).map((): [number, number] => [0, 0]);
  const padded = pad(graph, { x }, { paddings: [[0, 0], ...paddings, ...rest], constantValue: 0 });
  const shape = [...padded.shape];
  const blocks = sizeOf(blockShape);
  const cut = getReshaped(shape, blockShape, blocks, false);
  const moved = transpose(
    graph,
    reshape(graph, padded, cut),
    getPermuted(cut.length, blockShape.length, false),
  );
  return reshape(graph, moved, getReshapedPermuted(shape, blockShape, blocks, false));
}

function batchToSpace(
  graph: Graph,
  { x }: Inputs,
  { blockShape, crops }: BlockAttributes,
): Symbolic {
  const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } =
    tf.backend_util;
  const shape = [...x.shape];
  const blocks = sizeOf(blockShape);
  const cut = getReshaped(shape, blockShape, blocks);
  const moved = transpose(
    graph,
    reshape(graph, x, cut),
    getPermuted(cut.length, blockShape.length),
  );
  const merged = getReshapedPermuted(shape, blockShape, blocks);
  const begin = getSliceBeginCoords(crops, blockShape.length);
  const size = getSliceSize(merged, crops, blockShape.length);
  const starts = merged.map((_, axis) => begin[axis] ?? 0);
  const counts = merged.map((length, axis) => size[axis] ?? length);
  return slice(graph, reshape(graph, moved, merged), starts, counts);
}

function depthToSpace(
  graph: Graph,
  { x }: Inputs,
  { blockSize, dataFormat }: { blockSize: number; dataFormat: 'NHWC' | 'NCHW' },
): Symbolic {
  const isLast = dataFormat === 'NHWC';
  const [batch, ...rest] = x.shape;
  const [height, width, depth] = isLast ? rest : [rest[1], rest[2], rest[0]];
  const channels = depth / blockSize ** 2;
  const blocks = [blockSize, blockSize];
  const [tall, wide] = [height * blockSize, width * blockSize];
  if (isLast) {
    const cut = reshape(graph, x, [batch, height, width, ...blocks, channels]);
    const moved = transpose(graph, cut, [0, 1, 3, 2, 4, 5]);
    return reshape(graph, moved, [batch, tall, wide, channels]);
  }
  const cut = reshape(graph, x, [batch, ...blocks, channels, height, width]);
  const moved = transpose(graph, cut, [0, 3, 4, 1, 5, 2]);
  return reshape(graph, moved, [batch, channels, tall, wide]);
}

interface Resizing {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Two numbers of the input between which a place of the output lies, and the share of the second. */
interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}
type Rule = (position: number, length: number, attributes: Resizing) => Between;

/** A nearest position is rounded down, or with aligned corners to the nearest; tfjs's rule. */
function nearest(
  position: number,
  length: number,
  { alignCorners, halfPixelCenters }: Resizing,
): Between {
  const at = halfPixelCenters ? position + 0.5 : position;
  const index = alignCorners ? Math.round(at) : Math.floor(at);
  const low = Math.max(0, Math.min(length - 1, index));
  return { low, high: low, share: 0 };
}

function linear(position: number, length: number): Between {
  const low = Math.max(0, Math.floor(position));
  return {
    low,
    high: Math.max(0, Math.min(length - 1, Math.ceil(position))),
    share: position - low,
  };
}

/** What each of `to` places takes of `from` numbers. */
function places(from: number, to: number, attributes: Resizing, rule: Rule): Between[] {
  if (from === 0 && to > 0) throw new Error('an image without pixels cannot be resized');
  const isAligned = attributes.alignCorners && to > 1;
  const scale = isAligned ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => {
    const position = attributes.halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    return rule(position, from, attributes);
  });
}

/** Resizes one axis. */
function resizeAxis(graph: Graph, x: Symbolic, axis: number, taken: readonly Between[]): Symbolic {
  const shape = x.shape.map((size, i) => (i === axis ? taken.length : size));
  const pick = (positions: number[]) => {
    const inputs = [full(graph, x), graph.ints(positions)];
    return symbolic(graph.op('Gather', inputs, shape, x.value.type, { axis }), shape, x.dtype);
  };
  const low = pick(taken.map((place) => place.low));
  if (taken.every(({ share }) => share === 0)) return low;
  const high = pick(taken.map((place) => place.high));
  const shares = Float32Array.from(taken, ({ share }) => share);
  const column = [taken.length, ...x.shape.slice(axis + 1).map(() => 1)];
  const share = symbolic(graph.constant(shares, column, 'float32'));
  return add(graph, low, multiply(graph, subtract(graph, high, low), share));
}

function resize(rule: Rule): Kernel {
  return (graph, { images }: Inputs, a: Resizing & { size: [number, number] }) => {
    const [, height, width] = images.shape;
    const x = rule === linear ? cast(graph, images, 'float32') : images;
    const tall = resizeAxis(graph, x, 1, places(height, a.size[0], a, rule));
    return resizeAxis(graph, tall, 2, places(width, a.size[1], a, rule));
  };
}

/** The transpose of the resizing of one axis as a matrix. // [from, to] */
function gradientMatrix(graph: Graph, from: number, taken: readonly Between[]): Symbolic {
  const matrix = new Float32Array(from * taken.length);
  for (const [i, { low, high, share }] of taken.entries()) {
    matrix[low * taken.length + i] += 1 - share;
    matrix[high * taken.length + i] += share;
  }
  return symbolic(graph.constant(matrix, [from, taken.length], 'float32'));
}

/** Resizing is linear in the image, so its gradient is a product per axis. */
function resizeGradient(rule: Rule): Kernel {
  return (graph, { images, dy }: Inputs, a: Resizing) => {
    const [, height, width] = images.shape;
    const [batch, tall, wide, channels] = dy.shape;
    const byRow = gradientMatrix(graph, height, places(height, tall, a, rule));
    const byColumn = gradientMatrix(graph, width, places(width, wide, a, rule));
    const rows = reshape(graph, cast(graph, dy, 'float32'), [batch, tall, wide * channels]);
    const high = matMul(graph, byRow, rows);
    const columns = reshape(graph, high, [batch * height, wide, channels]);
    const resized = matMul(graph, byColumn, columns);
    return reshape(graph, resized, [batch, height, width, channels]);
  };
}

/** Images: resizing, and blocks of pixels moved between axes. */
export const images: KernelTable = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  ResizeBilinear: resize(linear),
  ResizeBilinearGrad: resizeGradient(linear),
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: resizeGradient(nearest),
};
