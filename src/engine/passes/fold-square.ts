import type { Value } from '../graph/graph.ts';
import { producer, replaceNode, type Uses, valueInPlaceOf } from './uses.ts';

/** A sum of squares becomes one ReduceSumSquare, which does not store the squares. */
export function foldSquares(uses: Uses): void {
  for (const sum of uses.nodes) {
    const [squares, ...axes] = sum.inputs;
    if (sum.op !== 'ReduceSum' || squares === undefined || !uses.isReadOnce(squares)) continue;
    const x = squareRoot(squares, uses);
    if (x !== undefined) {
      replaceNode(sum.outputs[0], { ...sum, op: 'ReduceSumSquare', inputs: [x, ...axes] });
    }
  }
}

/** What a value is the square of; a reshape in between moves to what is squared. */
function squareRoot(squares: Value, uses: Uses): Value | undefined {
  const product = producer(squares, 'Mul');
  if (product !== undefined) {
    const [x, same] = product.inputs;
    return x === same && squares.type === 'float32' ? x : undefined;
  }
  const reshaped = producer(squares, 'Reshape');
  const [inner, shape] = reshaped?.inputs ?? [];
  if (reshaped === undefined || inner === undefined || !uses.isReadOnce(inner)) return undefined;
  const x = squareRoot(inner, uses);
  if (x === undefined) return undefined;
  return valueInPlaceOf(reshaped, squares, { ...reshaped, inputs: [x, shape] });
}
