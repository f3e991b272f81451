/** The engine: TensorFlow.js on ONNX Runtime, as a tfjs backend and as compiled steps. */
import { freeModelSessions, registerModels } from './models/compiled-model.ts';
import { recordingBackend } from './recording/register.ts';
import { freeCachedSessions } from './recording/session-cache.ts';
import { registerFiles } from './tfjs/files.ts';

export { compile } from './compile.ts';
export { type CompileModelOptions, compileModel } from './models/compiled-model.ts';
export { registerGradients } from './ops/gradients/register.ts';
export { inverseDeviation, type LayerNormOptions, layerNorm } from './ops/layer-norm.ts';
export { inSlices } from './ops/slices.ts';
export { softmax } from './ops/softmax.ts';
export { type AdamOptions, adam } from './optimizers/adam.ts';
export { either } from './optimizers/either.ts';
export { clipByGlobalNorm, globalNorm, valueAndGradients } from './optimizers/gradients.ts';
export { momentum } from './optimizers/momentum.ts';
export { type MuonOptions, muon, orthogonalise } from './optimizers/muon.ts';
export type { Optimizer, Update, UpdateInput } from './optimizers/optimizer.ts';
export { sgd } from './optimizers/sgd.ts';
export { storeTogether, type Together, type TogetherOptions } from './optimizers/together.ts';
export { describeBackends } from './programs/backends.ts';
export { saveOnnx } from './programs/save-onnx.ts';
export { EngineError } from './step/errors.ts';
export type * from './step/step.ts';
export { tf } from './tfjs/tf.ts';

// From here on `tf.setBackend('onnxruntime')` works, and models are saved to and loaded from `file://`
// and train by graphs.
recordingBackend();
registerFiles();
registerModels();

/**
 * Frees the memory of the sessions that the eager backend and trained models keep for graphs they may see
 * again. Later operations make new ones; tensors and compiled programs stay.
 */
export function freeSessions(): void {
  freeModelSessions();
  freeCachedSessions();
}
