// The one place that imports TensorFlow.js: this entry registers the gradients, tfjs-core's own
// CommonJS entry does not.
export * from '@tensorflow/tfjs';
