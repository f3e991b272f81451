import { tf } from '../../tfjs/tf.ts';
import { elementwise } from './elementwise.ts';
import { images } from './images.ts';
import { pooling } from './pooling.ts';
import { positions } from './positions.ts';
import { products } from './products.ts';

/**
 * Gives tfjs, on every backend, the gradients that version 4.22 lacks (products whose batches broadcast,
 * einsum, topk, gatherND, conv3dTranspose, cropAndResize, comparisons, second derivatives of tanh, sigmoid, exp and
 * softmax) or gets wrong (maximum, minimum and squaredDifference of a broadcast operand, cumsum along an
 * axis in the middle, floorDiv, mirrorPad, divNoNan, average pooling at a padded border).
 */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries({
    ...products,
    ...elementwise,
    ...positions,
    ...pooling,
    ...images,
  })) {
    tf.registerGradient({ kernelName, ...gradient });
  }
}
