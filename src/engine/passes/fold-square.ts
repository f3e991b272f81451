import { producer, replaceNode, type Uses } from './uses.ts';

/** A sum of squares becomes one ReduceSumSquare, which does not store the squares. */
export function foldSquares(uses: Uses): void {
  for (const sum of uses.nodes) {
    const [squares, ...axes] = sum.inputs;
    const product = sum.op === 'ReduceSum' ? producer(squares, 'Mul') : undefined;
    if (squares === undefined || product === undefined || !uses.isReadOnce(squares)) continue;
    const [x, same] = product.inputs;
    if (x !== same || squares.type !== 'float32') continue;
    replaceNode(sum.outputs[0], { ...sum, op: 'ReduceSumSquare', inputs: [x, ...axes] });
  }
}
