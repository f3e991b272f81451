import { type GraphNode, sameShape } from '../graph/graph.ts';
import { producer, replaceNode, type Uses } from './uses.ts';

/**
 * A B + C of two matrices and a row or a matrix becomes one Gemm: a bias, or a gradient that adds up
 * products.
 */
export function foldBiases(uses: Uses): void {
  for (const node of uses.nodes) if (node.op === 'Add') foldBias(node, uses);
}

function foldBias(node: GraphNode, uses: Uses): void {
  for (const [at, operand] of node.inputs.entries()) {
    const bias = node.inputs[1 - at];
    const product = producer(operand, 'FusedMatMul');
    if (operand === undefined || bias === undefined || product === undefined) continue;
    const isRow = bias.shape.length === 1 && bias.shape[0] === operand.shape[1];
    const isMatrix = sameShape(bias.shape, operand.shape);
    const areMatrices = product.inputs.every((value) => value?.shape.length === 2);
    if (!(isRow || isMatrix) || !areMatrices || !uses.isReadOnce(operand)) continue;
    const { inputs, attributes } = product;
    replaceNode(node.outputs[0], { op: 'Gemm', domain: '', inputs: [...inputs, bias], attributes });
    return;
  }
}
