import { type Graph, sameShape, sizeOf, type Value } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';
import { spread } from './convolution.ts';
import { reshape, reshapeValue } from './layout.ts';
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
  poolingWindow,
  type Window,
  type WindowAttributes,
} from './windows.ts';

/** The input with channels first, and the shape of the result. */
function prepared(
  graph: Graph,
  x: Symbolic,
  attributes: WindowAttributes,
): { readonly input: Symbolic; readonly window: Window; readonly shape: number[] } {
  const window = poolingWindow(x.shape, attributes);
  const input = channelsFirst(graph, cast(graph, x, 'float32'));
  if (sizeOf(window.input) === 0 && sizeOf(window.output) > 0) {
    throw new Error('an image without pixels cannot be pooled');
  }
  return { input, window, shape: [...input.shape.slice(0, 2), ...window.output] };
}

function averagePool(graph: Graph, { x }: Inputs, attributes: WindowAttributes): Symbolic {
  const { input, window, shape } = prepared(graph, x, attributes);
  if (isSingle(window)) return x;
  const { dilations: _, ...options } = onnxWindow(window);
  if (!isWide(window)) {
    const value = graph.op('AveragePool', [full(graph, input)], shape, 'float32', options);
    return channelsLast(graph, symbolic(value));
  }
  const channels = input.shape[1];
  const ones = full(graph, splat(graph, 1, [channels, 1, ...window.size]));
  const convolution = { ...onnxWindow(window), group: channels };
  const sums = graph.op('Conv', [full(graph, input), ones], shape, 'float32', convolution);
  return channelsLast(graph, multiply(graph, symbolic(sums), inverseCounts(graph, window)));
}

/** Whether windows are the single numbers of the input, which tfjs takes as they are, padding or not. */
function isSingle({ size, input, output }: Window): boolean {
  return sizeOf(size) === 1 && sameShape(input, output);
}

/** Whether a window may lie in the padding alone, which ONNX Runtime's pooling refuses. */
function isWide({ size, before, after }: Window): boolean {
  return size.some((n, axis) => before[axis] >= n || after[axis] >= n);
}

/**
 * The mean of each window is spread over it. As in tfjs every number gets an equal share of the whole
 * window, although the mean leaves padding out; `registerGradients` corrects it.
 */
function averagePoolGradient(
  graph: Graph,
  { dy, input: x }: Inputs,
  attributes: WindowAttributes,
): Symbolic {
  const window = poolingWindow(x.shape, attributes);
  const gradient = channelsFirst(graph, cast(graph, dy, 'float32'));
  const channels = gradient.shape[1];
  const shares = multiply(graph, gradient, splat(graph, 1 / sizeOf(window.size), []));
  const ones = splat(graph, 1, [channels, 1, ...window.size]);
  return channelsLast(graph, spread(graph, shares, ones, window, channels));
}

/** One over the count of numbers that each window covers. // [...output] */
function inverseCounts(graph: Graph, { size, strides, before, input, output }: Window): Symbolic {
  const perAxis = output.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * strides[axis] - before[axis];
      return Math.max(Math.min(start + size[axis], input[axis]) - Math.max(start, 0), 0);
    }),
  );
  const counts = perAxis.reduce((list, axis) => list.flatMap((a) => axis.map((b) => a * b)), [1]);
  const shares = Float32Array.from(counts, (count) => (count === 0 ? 0 : 1 / count));
  if (shares.every((share) => share === shares[0])) return splat(graph, shares[0], []);
  return symbolic(graph.constant(shares, output, 'float32'));
}

/** The largest number of each window, and its position in the flattened input with channels first. */
function maxPool(
  graph: Graph,
  x: Symbolic,
  attributes: WindowAttributes,
): { readonly pooled: Symbolic; readonly positions: Value; readonly input: Symbolic } {
  const { input, window, shape } = prepared(graph, x, attributes);
  const outputs = [
    { shape, type: 'float32' as const },
    { shape, type: 'int64' as const },
  ];
  const options = onnxWindow(window);
  const [values, positions] = graph.ops('MaxPool', [full(graph, input)], outputs, options);
  return { pooled: symbolic(values), positions, input };
}

/** A window that may lie in the padding alone, whose largest number is -Infinity. */
function wideMaxPool(graph: Graph, x: Symbolic, attributes: WindowAttributes): Symbolic {
  const { input, window, shape } = prepared(graph, x, attributes);
  const { before, after } = window;
  const padded = input.shape.map((n, axis) =>
    axis < 2 ? n : n + before[axis - 2] + after[axis - 2],
  );
  const pads = graph.ints([0, 0, ...before, 0, 0, ...after]);
  const least = graph.scalar(-Infinity);
  const source = graph.op('Pad', [full(graph, input), pads, least], padded, 'float32');
  const none = before.map(() => 0);
  const options = onnxWindow({ ...window, before: none, after: none });
  return symbolic(graph.op('MaxPool', [source], shape, 'float32', options));
}

const maximumPool: Kernel = (graph, { x }: Inputs, attributes: WindowAttributes) => {
  const window = poolingWindow(x.shape, attributes);
  if (isSingle(window)) return x;
  const pooled = isWide(window)
    ? wideMaxPool(graph, x, attributes)
    : maxPool(graph, x, attributes).pooled;
  return cast(graph, channelsLast(graph, pooled), x.dtype);
};

/** Each gradient goes to the number that was the largest. */
function maxPoolGradient(
  graph: Graph,
  { dy, input: x }: Inputs,
  attributes: WindowAttributes,
): Symbolic {
  const { positions, input } = maxPool(graph, x, attributes);
  const gradient = channelsFirst(graph, cast(graph, dy, 'float32'));
  const count = sizeOf(gradient.shape);
  if (count === 0) return splat(graph, 0, x.shape);
  const zeros = full(graph, splat(graph, 0, [sizeOf(input.shape)]));
  const rows = reshapeValue(graph, positions, [count, 1]);
  const updates = full(graph, reshape(graph, gradient, [count]));
  const options = { reduction: 'add' };
  const inputs = [zeros, rows, updates];
  const dx = graph.op('ScatterND', inputs, [sizeOf(input.shape)], 'float32', options);
  return channelsLast(graph, reshape(graph, symbolic(dx), input.shape));
}

/** Pooling over images and volumes, and the gradients. */
export const pooling: KernelTable = {
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
  AvgPool3D: averagePool,
  AvgPool3DGrad: averagePoolGradient,
  MaxPool: maximumPool,
  MaxPoolGrad: maxPoolGradient,
  MaxPool3D: maximumPool,
  MaxPool3DGrad: maxPoolGradient,
};
