import type { Value } from '../graph.ts';
import { producer, replaceNode, usesOf } from './uses.ts';

/**
 * The slope of a relu is read off its result, which is above zero where its operand is. So the operand
 * need not be kept for the gradient, and the relu becomes part of the product before it.
 */
export const foldRelus = (outputs: readonly Value[]): void => {
  const uses = usesOf(outputs);
  for (const slope of uses.nodes) {
    const [x] = slope.inputs;
    if (slope.op !== 'HardSigmoid' || x === undefined) continue;
    const relu = uses.readersOf(x).find(({ op }) => op === 'Relu');
    const [y] = relu?.outputs ?? [];
    if (y !== undefined && producer(y, 'Relu') === relu) {
      replaceNode(slope.outputs[0], { ...slope, inputs: [y] });
    }
  }
};
