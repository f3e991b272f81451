import type { Tensor } from '@tensorflow/tfjs';
import { type Graph, MICROSOFT, sizeOf } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { prelu, sigmoid } from './activations.ts';
import { add, unary } from './arithmetic.ts';
import { clip } from './elementwise.ts';
import { transpose } from './layout.ts';
import {
  broadcastShape,
  cast,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  splat,
  symbolic,
} from './symbolic.ts';

interface Transposes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export function matMul(
  graph: Graph,
  a: Symbolic,
  b: Symbolic,
  { transposeA = false, transposeB = false }: Transposes = {},
): Symbolic {
  const [rows, inner] = lastTwo(a.shape, transposeA);
  const [inner2, columns] = lastTwo(b.shape, transposeB);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(`ranks ${a.shape.length} and ${b.shape.length} must both be 2 or more`);
  }
  if (inner !== inner2) {
    throw new Error(`inner dimensions ${inner} and ${inner2} differ`);
  }
  const isFloat = a.dtype === 'float32' || b.dtype === 'float32';
  if (sizeOf(shape) === 0 || inner === 0) {
    return splat(graph, 0, shape, isFloat ? 'float32' : 'int32');
  }
  if (!isFloat) return integerProduct(graph, a, b, shape, { transposeA, transposeB });
  if (transposeA && !transposeB && a.shape.length === 2 && b.shape.length === 2) {
    if (inner >= LONG && Math.max(rows, columns) >= WIDE) return weightGradient(graph, a, b);
  }
  const inputs = [full(graph, cast(graph, a, 'float32')), full(graph, cast(graph, b, 'float32'))];
  const attributes = {
    ...(transposeA ? { transA: 1 } : {}),
    ...(transposeB ? { transB: 1 } : {}),
  };
  return symbolic(graph.op('FusedMatMul', inputs, shape, 'float32', attributes, MICROSOFT));
}

/** ONNX Runtime's fused product is for floats only, and would round large integers. */
function integerProduct(
  graph: Graph,
  a: Symbolic,
  b: Symbolic,
  shape: readonly number[],
  { transposeA, transposeB }: Transposes,
): Symbolic {
  const operand = (x: Symbolic, isTransposed: boolean | undefined) => {
    const axes = x.shape.map((_, axis) => axis);
    const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
    const integers = cast(graph, x, 'int32');
    return full(graph, isTransposed ? transpose(graph, integers, perm) : integers);
  };
  const operands = [operand(a, transposeA), operand(b, transposeB)];
  return symbolic(graph.op('MatMul', operands, shape, 'int32'));
}

/** From this many rows and columns on, transposing an operand takes less time than it saves. */
const LONG = 512;
const WIDE = 32;

/**
 * a' b for matrices of many rows, such as the gradient of a weight. ONNX Runtime would transpose the left
 * operand once per 128 columns of the right one, and pack all of the right one. So the smaller one
 * becomes the left operand, transposed once. // a [n, p], b [n, q] -> [p, q]
 */
function weightGradient(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  return a.shape[1] <= b.shape[1]
    ? matMul(graph, transpose(graph, a, [1, 0]), b)
    : transpose(graph, matMul(graph, transpose(graph, b, [1, 0]), a), [1, 0]);
}

function lastTwo(shape: readonly number[], transposed: boolean): readonly number[] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

export type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'prelu' | 'leakyrelu';

export function activate(
  graph: Graph,
  x: Symbolic,
  activation: Activation,
  weights: Symbolic | undefined,
  slope: number,
): Symbolic {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return unary(graph, 'Relu', x);
    case 'elu':
      return unary(graph, 'Elu', x);
    case 'sigmoid':
      return sigmoid(graph, x);
    case 'relu6':
      return clip(graph, x, 0, 6);
    case 'prelu':
      return prelu(graph, x, weights ?? splat(graph, 0, []));
    case 'leakyrelu':
      return prelu(graph, x, splat(graph, slope, []));
  }
}

interface FusedMatMul extends Transposes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

function fusedMatMul(graph: Graph, inputs: Inputs, attributes: FusedMatMul): Symbolic {
  const { a, b, bias, preluActivationWeights: weights } = inputs;
  const product = matMul(graph, a, b, attributes);
  const shifted = bias === undefined ? product : add(graph, product, bias);
  const { activation = 'linear', leakyreluAlpha = 0.2 } = attributes;
  return activate(graph, shifted, activation, weights, leakyreluAlpha);
}

function einsum(graph: Graph, inputs: Inputs, { equation }: { equation: string }): Symbolic {
  const tensors = Object.values(inputs);
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(
    equation,
    tensors.length,
  );
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as unknown as Tensor[]);
  const [terms, result] = equation.replaceAll(' ', '').split('->');
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.split(',').entries()) {
    if (term.length !== tensors[i].shape.length) {
      throw new Error(`operand ${i} of rank ${tensors[i].shape.length} does not fit '${term}'`);
    }
    for (const [axis, letter] of [...term].entries()) sizes.set(letter, tensors[i].shape[axis]);
  }
  const shape = [...result].map((letter) => sizes.get(letter) ?? 1);
  const dtype = tensors.some((x) => x.dtype === 'float32') ? 'float32' : 'int32';
  const isEmpty = summedDims.some((letter) => sizes.get(allDims[letter]) === 0);
  if (isEmpty) return splat(graph, 0, shape, dtype);
  const values = tensors.map((x) => full(graph, cast(graph, x, dtype)));
  return symbolic(graph.op('Einsum', values, shape, dtype, { equation }));
}

/** Matrix products; transposed operands cost nothing. */
export const products: KernelTable = {
  BatchMatMul: (graph, { a, b }, attributes: Transposes) => matMul(graph, a, b, attributes),
  _FusedMatMul: fusedMatMul,
  Einsum: einsum,
};
