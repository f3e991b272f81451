/**
 * The one place that imports TensorFlow.js. The whole package is needed: tfjs-core's CommonJS entry
 * registers no gradients, tfjs-layers (part of the package) does. Everyone else imports `tf` from here
 * or from `engine/index.ts`, so that gradients are always there.
 */
import * as tf from '@tensorflow/tfjs';
export { tf };
