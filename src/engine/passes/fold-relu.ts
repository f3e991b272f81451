import { MICROSOFT } from '../graph/graph.ts';
import { producer, replaceNode, type Uses } from './uses.ts';

/**
 * The slope of a relu is computed from its result, which is above zero where its operand is. So the
 * operand need not be kept for the gradient.
 */
export function foldSlopes(uses: Uses): void {
  for (const slope of uses.nodes) {
    const [x] = slope.inputs;
    if (slope.op !== 'HardSigmoid' || x === undefined) continue;
    const relu = uses.readersOf(x).find(({ op }) => op === 'Relu');
    const [y] = relu?.outputs ?? [];
    if (y !== undefined && producer(y, 'Relu') === relu) {
      replaceNode(slope.outputs[0], { ...slope, inputs: [y] });
    }
  }
}

/** A relu of a Gemm becomes part of it. */
export function foldRelus(uses: Uses): void {
  for (const relu of uses.nodes) {
    const [x] = relu.inputs;
    const product = relu.op === 'Relu' ? producer(x, 'Gemm') : undefined;
    if (x === undefined || product === undefined || !uses.isReadOnce(x)) continue;
    const { inputs } = product;
    const attributes = { ...product.attributes, activation: 'Relu' };
    replaceNode(relu.outputs[0], { op: 'FusedGemm', domain: MICROSOFT, inputs, attributes });
  }
}
