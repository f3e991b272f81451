import { type Graph, sizeOf } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { add, multiply } from './arithmetic.ts';
import { concat } from './joining.ts';
import { reshape, slice, steppedSlice, transpose } from './layout.ts';
import { type Activation, activate, matMul } from './products.ts';
import { reduce } from './reductions.ts';
import {
  cast,
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splat,
  symbolic,
} from './symbolic.ts';
import {
  channelsFirst,
  channelsLast,
  onnxWindow,
  planeFormat,
  type Window,
  type WindowAttributes,
  windowOf,
} from './windows.ts';

interface FilterAttributes extends WindowAttributes {
  readonly filterShape: number[];
}
interface InputAttributes extends WindowAttributes {
  readonly inputShape: number[];
}
type Plane = [number, number, number, number];
type Volume = [number, number, number, number, number];

/** The window of a filter [...size, in, out], or [height, width, in, multiplier] if it is depthwise. */
function filterWindow(
  inputShape: readonly number[],
  filterShape: readonly number[],
  a: WindowAttributes,
  isDepthwise = false,
): Window {
  const strides = a.strides as [number, number];
  const dilations = (a.dilations ?? 1) as [number, number];
  const pad = a.pad as 'valid';
  if (filterShape.length === 5) {
    const steps = a.strides as [number, number, number];
    const dilation = (a.dilations ?? 1) as [number, number, number];
    return windowOf(
      tf.backend_util.computeConv3DInfo(
        [...inputShape] as Volume,
        [...filterShape] as Volume,
        steps,
        dilation,
        pad,
      ),
    );
  }
  return windowOf(
    tf.backend_util.computeConv2DInfo(
      [...inputShape] as Plane,
      [...filterShape] as Plane,
      strides,
      dilations,
      pad,
      a.dimRoundingMode,
      isDepthwise,
      planeFormat(a.dataFormat),
    ),
  );
}

/** A filter [...size, in, out] as ONNX wants it. // [out, in, ...size] */
function onnxFilter(graph: Graph, filter: Symbolic, isDepthwise: boolean): Symbolic {
  const rank = filter.shape.length;
  const spatial = filter.shape.map((_, axis) => axis).slice(0, -2);
  if (!isDepthwise) return transpose(graph, filter, [rank - 1, rank - 2, ...spatial]);
  const [channels, multiplier] = filter.shape.slice(-2);
  const moved = transpose(graph, filter, [rank - 2, rank - 1, ...spatial]);
  return reshape(graph, moved, [channels * multiplier, 1, ...filter.shape.slice(0, -2)]);
}

function isChannelsFirst({ dataFormat }: WindowAttributes): boolean {
  return dataFormat === 'NCHW' || dataFormat === 'NCDHW';
}

/** Runs `f` on a tensor with channels first, whatever its format, and gives the result that format. */
function withChannelsFirst(
  graph: Graph,
  x: Symbolic,
  attributes: WindowAttributes,
  f: (x: Symbolic) => Symbolic,
): Symbolic {
  const input = cast(graph, x, 'float32');
  if (isChannelsFirst(attributes)) return f(input);
  return channelsLast(graph, f(channelsFirst(graph, input)));
}

function convolve(
  graph: Graph,
  x: Symbolic,
  filter: Symbolic,
  attributes: WindowAttributes,
  isDepthwise: boolean,
): Symbolic {
  const window = filterWindow(x.shape, filter.shape, attributes, isDepthwise);
  const kernel = onnxFilter(graph, cast(graph, filter, 'float32'), isDepthwise);
  return withChannelsFirst(graph, x, attributes, (input) => {
    const [batch, channels] = input.shape;
    const shape = [batch, kernel.shape[0], ...window.output];
    if (sizeOf(input.shape) === 0) return splat(graph, 0, shape);
    const group = isDepthwise ? channels : channels / kernel.shape[1];
    const options = { ...onnxWindow(window), group };
    const inputs = [full(graph, input), full(graph, kernel)];
    return symbolic(graph.op('Conv', inputs, shape, 'float32', options));
  });
}

/** The gradient with respect to the input: each output spread over its window. */
function convolveBack(
  graph: Graph,
  dy: Symbolic,
  filter: Symbolic,
  attributes: InputAttributes,
  isDepthwise: boolean,
): Symbolic {
  const { inputShape } = attributes;
  const window = filterWindow(inputShape, filter.shape, attributes, isDepthwise);
  const kernel = onnxFilter(graph, cast(graph, filter, 'float32'), isDepthwise);
  const channels = inputShape[isChannelsFirst(attributes) ? 1 : inputShape.length - 1];
  return withChannelsFirst(graph, dy, attributes, (gradient) => {
    // A transposed convolution may be given more than the window reaches.
    const used = [...gradient.shape.slice(0, 2), ...window.output];
    const starts = used.map(() => 0);
    const reached = slice(graph, gradient, starts, used);
    const group = isDepthwise ? channels : channels / kernel.shape[1];
    return spread(graph, reached, kernel, window, group);
  });
}

/** Every number of `dy` times the kernel, added up where windows overlap. // [n, in, ...input] */
export function spread(
  graph: Graph,
  dy: Symbolic,
  kernel: Symbolic,
  window: Window,
  group: number,
): Symbolic {
  if (sizeOf(dy.shape) === 0) {
    return splat(graph, 0, [dy.shape[0], kernel.shape[1] * group, ...window.input]);
  }
  const reached = window.input.map((size, i) => size - window.unused[i]);
  const shape = [dy.shape[0], kernel.shape[1] * group, ...reached];
  const options = { ...onnxWindow(window), group };
  const inputs = [full(graph, dy), full(graph, kernel)];
  const dx = graph.op('ConvTranspose', inputs, shape, 'float32', options);
  if (window.unused.every((n) => n === 0)) return symbolic(dx);
  const pads = graph.ints([0, 0, ...window.input.map(() => 0), 0, 0, ...window.unused]);
  const whole = [...shape.slice(0, 2), ...window.input];
  return symbolic(graph.op('Pad', [dx, pads, graph.scalar(0)], whole, 'float32'));
}

/** `x` with its padding, and what each place of the window sees of it. // [n, ...spatial, c] */
export function tapsOf(graph: Graph, x: Symbolic, window: Window, padding = 0): Symbolic[] {
  const { size, strides, dilations, before, after, input, output } = window;
  const zeros = [0, ...size.map(() => 0), 0];
  const padded = x.shape.map((n, axis) =>
    axis === 0 || axis > size.length ? n : n + before[axis - 1] + after[axis - 1],
  );
  const pads = graph.ints([0, ...before, 0, 0, ...after, 0]);
  const isPadded = [...before, ...after].some((n) => n > 0);
  const source = isPadded
    ? symbolic(graph.op('Pad', [full(graph, x), pads, graph.scalar(padding)], padded, 'float32'))
    : x;
  const shape = [x.shape[0], ...output, x.shape[x.shape.length - 1]];
  const places = size.reduce<number[][]>(
    (list, n) => list.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])),
    [[]],
  );
  const steps = [1, ...strides, 1];
  const isUnit = strides.every((n) => n === 1);
  return places.map((at) => {
    const begin = zeros.map((_, axis) =>
      axis === 0 || axis > input.length ? 0 : at[axis - 1] * dilations[axis - 1],
    );
    return isUnit
      ? slice(graph, source, begin, shape)
      : steppedSlice(graph, source, begin, steps, shape);
  });
}

/** The gradient with respect to the filter: what its places saw, times the gradient of the output. */
function filterGradient(
  graph: Graph,
  x: Symbolic,
  dy: Symbolic,
  attributes: FilterAttributes,
): Symbolic {
  const { filterShape } = attributes;
  const window = filterWindow(x.shape, filterShape, attributes);
  const toLast = (t: Symbolic) => (isChannelsFirst(attributes) ? channelsLast(graph, t) : t);
  const taps = tapsOf(graph, toLast(cast(graph, x, 'float32')), window);
  const gradient = toLast(cast(graph, dy, 'float32'));
  const patches = concat(graph, taps, gradient.shape.length - 1);
  const rows = sizeOf(gradient.shape.slice(0, -1));
  const [inner, outer] = [patches.shape, gradient.shape].map((shape) => shape[shape.length - 1]);
  const product = matMul(
    graph,
    reshape(graph, patches, [rows, inner]),
    reshape(graph, gradient, [rows, outer]),
    { transposeA: true },
  );
  return reshape(graph, product, filterShape);
}

function depthwiseFilterGradient(
  graph: Graph,
  { x, dy }: Inputs,
  attributes: FilterAttributes,
): Symbolic {
  const { filterShape } = attributes;
  const window = filterWindow(x.shape, filterShape, attributes, true);
  const [channels, multiplier] = filterShape.slice(-2);
  const outer = [x.shape[0], ...window.output, channels];
  const gradient = reshape(graph, dy, [...outer, multiplier]);
  const sums = tapsOf(graph, cast(graph, x, 'float32'), window).map((tap) => {
    const products = multiply(graph, reshape(graph, tap, [...outer, 1]), gradient);
    return reduce(graph, 'ReduceSum', products, [0, 1, 2]);
  });
  const rows = sums.map((sum) => reshape(graph, sum, [1, channels, multiplier]));
  return reshape(graph, concat(graph, rows, 0), filterShape);
}

interface FusedAttributes extends WindowAttributes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

function fused(isDepthwise: boolean): Kernel {
  return (graph, { x, filter, bias, preluActivationWeights }: Inputs, a: FusedAttributes) => {
    const y = convolve(graph, x, filter, a, isDepthwise);
    // With channels first a vector is one number per channel.
    const perChannel = (vector: Symbolic): Symbolic =>
      isChannelsFirst(a) && vector.shape.length === 1 && vector.shape[0] !== 1
        ? reshape(graph, vector, [vector.shape[0], 1, 1])
        : vector;
    const shifted = bias === undefined ? y : add(graph, y, perChannel(bias));
    const weights = preluActivationWeights && perChannel(preluActivationWeights);
    const { activation = 'linear', leakyreluAlpha = 0.2 } = a;
    return activate(graph, shifted, activation ?? 'linear', weights, leakyreluAlpha);
  };
}

function forward(isDepthwise: boolean): Kernel {
  return (graph, { x, filter }: Inputs, a: WindowAttributes) =>
    convolve(graph, x, filter, a, isDepthwise);
}

function backward(isDepthwise: boolean): Kernel {
  return (graph, { dy, filter }: Inputs, a: InputAttributes) =>
    convolveBack(graph, dy, filter, a, isDepthwise);
}

const toFilter: Kernel = (graph, { x, dy }: Inputs, a: FilterAttributes) =>
  filterGradient(graph, x, dy, a);

/** Convolutions and their gradients. */
export const convolution: KernelTable = {
  Conv2D: forward(false),
  Conv2DBackpropInput: backward(false),
  Conv2DBackpropFilter: toFilter,
  FusedConv2D: fused(false),
  Conv3D: forward(false),
  Conv3DBackpropInputV2: backward(false),
  Conv3DBackpropFilterV2: toFilter,
  DepthwiseConv2dNative: forward(true),
  DepthwiseConv2dNativeBackpropInput: backward(true),
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  FusedDepthwiseConv2D: fused(true),
};
