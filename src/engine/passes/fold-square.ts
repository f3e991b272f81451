import { producer, replaceNode, type Uses } from './uses.ts';

/** The sum of a square becomes one operation, without the squares in between. */
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
