import type { Graph } from '../graph/graph.ts';
import { add, compare, constantLike, multiply, select, unary } from './arithmetic.ts';
import { clip, float, isNan, sameType } from './elementwise.ts';
import { cast, type Inputs, type KernelTable, type Symbolic, symbolic } from './symbolic.ts';

function leakyRelu(graph: Graph, { x }: Inputs, { alpha }: { alpha: number }): Symbolic {
  const { value } = cast(graph, x, 'float32');
  const slope = { alpha: { float: alpha } };
  return symbolic(graph.op('LeakyRelu', [value], value.shape, 'float32', slope), x.shape);
}

export function prelu(graph: Graph, x: Symbolic, alpha: Symbolic): Symbolic {
  return select(
    graph,
    compare(graph, 'Less', x, constantLike(graph, 0)),
    multiply(graph, x, alpha),
    cast(graph, x, 'float32'),
  );
}

/** The largest float32: multiplied by it, every normal number above zero exceeds 1. */
const STEEPEST = 3.4028234663852886e38;

/**
 * 1 above zero, else `alpha` (default 0). HardSigmoid, max(0, min(1, STEEPEST x)), takes one pass where
 * a comparison and a cast take two; it differs for denormal numbers only.
 */
function step(graph: Graph, { x }: Inputs, { alpha }: { alpha?: number }): Symbolic {
  if (!alpha) {
    const { value } = cast(graph, x, 'float32');
    const slope = { alpha: { float: STEEPEST }, beta: { float: 0 } };
    const ones = graph.op('HardSigmoid', [value], value.shape, 'float32', slope);
    return cast(graph, symbolic(ones, x.shape), x.dtype);
  }
  const isAbove = compare(graph, 'Greater', x, constantLike(graph, 0));
  const steps = select(graph, isAbove, constantLike(graph, 1), constantLike(graph, alpha));
  return cast(graph, select(graph, isNan(graph, x), x, steps), x.dtype);
}

/** ONNX Runtime's own Sigmoid is 0 below -17 and inaccurate from -14 on. */
export function sigmoid(graph: Graph, x: Symbolic): Symbolic {
  const power = unary(graph, 'Exp', unary(graph, 'Neg', x));
  return unary(graph, 'Reciprocal', add(graph, power, constantLike(graph, 1)));
}

function selu(graph: Graph, { x }: Inputs): Symbolic {
  const { value } = cast(graph, x, 'float32');
  const constants = {
    alpha: { float: 1.7580993408473768 / 1.0507009873554805 },
    gamma: { float: 1.0507009873554805 },
  };
  return symbolic(graph.op('Selu', [value], value.shape, 'float32', constants), x.shape);
}

function eluGradient(graph: Graph, { dy, y }: Inputs): Symbolic {
  const slope = add(graph, y, constantLike(graph, 1));
  const inside = compare(graph, 'GreaterOrEqual', y, constantLike(graph, 0));
  return select(graph, inside, dy, multiply(graph, dy, slope));
}

/** Activation functions, and the kernels that their gradients need. */
export const activations: KernelTable = {
  Relu: sameType('Relu'),
  Relu6: (graph, { x }) => clip(graph, x, 0, 6),
  LeakyRelu: leakyRelu,
  Prelu: (graph, { x, alpha }) => prelu(graph, x, alpha),
  Elu: float('Elu'),
  EluGrad: eluGradient,
  Selu: selu,
  Sigmoid: (graph, { x }) => sigmoid(graph, x),
  Softplus: float('Softplus'),
  Step: step,
};
