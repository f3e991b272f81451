/** The engine: plain TensorFlow.js steps, compiled to ONNX Runtime. */
export { describeBackends } from './backends.ts';
export { compile } from './compile.ts';
export { EngineError } from './errors.ts';
export { layerNorm } from './ops/layer-norm.ts';
export * from './optimizers.ts';
export type * from './program.ts';
export { tf } from './tf.ts';
