import { type GraphNode, sameShape } from '../graph/graph.ts';
import { producer, replaceNode, type Uses } from './uses.ts';

/**
 * A B + C becomes one Gemm, for matrices A and B and a row or matrix C: a layer's bias, or a gradient
 * that is a sum of products.
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
