/** The engine: TensorFlow.js on ONNX Runtime, as a backend and as compiled steps. */
import { recordingBackend } from './backend.ts';

export { type AdamOptions, adam } from './adam.ts';
export { describeBackends } from './backends.ts';
export { compile } from './compile.ts';
export { EngineError } from './errors.ts';
export { saveOnnx } from './export.ts';
export { either, type MuonOptions, muon, orthogonalise } from './muon.ts';
export { inverseDeviation, type LayerNormOptions, layerNorm } from './ops/layer-norm.ts';
export { inSlices } from './ops/slices.ts';
export { softmax } from './ops/softmax.ts';
export {
  clipByGlobalNorm,
  globalNorm,
  momentum,
  type Optimizer,
  sgd,
  type Update,
  type UpdateInput,
  valueAndGradients,
} from './optimizers.ts';
export type * from './program.ts';
export { tf } from './tf.ts';

// From here on `tf.setBackend('onnxruntime')` works.
recordingBackend();
