import { type Graph, sizeOf } from '../graph/graph.ts';
import { add, constantLike, multiply, power, subtract } from './arithmetic.ts';
import { reshape } from './layout.ts';
import { matMul } from './products.ts';
import { cast, type Inputs, type KernelTable, type Symbolic, symbolic } from './symbolic.ts';

interface Response {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Sums of each number and its neighbours along the last axis, up to `radius` on both sides. */
function neighbourSums(graph: Graph, x: Symbolic, radius: number): Symbolic {
  const channels = x.shape[x.shape.length - 1];
  const band = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Math.abs((i % channels) - Math.floor(i / channels)) <= radius ? 1 : 0,
  );
  const matrix = symbolic(graph.constant(band, [channels, channels], 'float32'));
  const rows = reshape(graph, x, [sizeOf(x.shape.slice(0, -1)), channels]);
  return reshape(graph, matMul(graph, rows, matrix), x.shape);
}

/** bias + alpha times the sum of the squares of neighbouring channels. */
function responses(graph: Graph, x: Symbolic, { depthRadius, alpha, bias }: Response): Symbolic {
  const sums = neighbourSums(graph, multiply(graph, x, x), depthRadius);
  return add(graph, multiply(graph, sums, constantLike(graph, alpha)), constantLike(graph, bias));
}

function raised(graph: Graph, x: Symbolic, exponent: number): Symbolic {
  return power(graph, x, constantLike(graph, exponent));
}

/** y = x norm^-beta */
function normalise(graph: Graph, { x }: Inputs, attributes: Response): Symbolic {
  const input = cast(graph, x, 'float32');
  const norm = responses(graph, input, attributes);
  return multiply(graph, input, raised(graph, norm, -attributes.beta));
}

/** dx = dy norm^-beta - 2 alpha beta x (the sum over neighbours of dy x norm^(-beta - 1)) */
function gradient(graph: Graph, { x, dy }: Inputs, attributes: Response): Symbolic {
  const { alpha, beta, depthRadius } = attributes;
  const norm = responses(graph, x, attributes);
  const own = multiply(graph, dy, raised(graph, norm, -beta));
  const shares = multiply(graph, multiply(graph, dy, x), raised(graph, norm, -beta - 1));
  const sums = neighbourSums(graph, shares, depthRadius);
  const factor = constantLike(graph, 2 * alpha * beta);
  return subtract(graph, own, multiply(graph, multiply(graph, x, factor), sums));
}

/** Normalisation over neighbouring channels (Krizhevsky et al., 2012), and its gradient. */
export const normalisation: KernelTable = {
  LRN: normalise,
  LRNGrad: gradient,
};
