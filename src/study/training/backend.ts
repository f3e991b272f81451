import { z } from 'zod';
import { type Compile, compile } from '../../engine/index.ts';

/**
 * What a training may run on. There is no `auto`: as a param the backend is part of what names a result, and
 * each backend and device rounds in its own way.
 */
const TRAINING_BACKENDS = ['onnxruntime', 'tensorflow-cpu', 'tensorflow-gpu'] as const;

export type TrainingBackend = (typeof TRAINING_BACKENDS)[number];

/** The param of stages that train. */
export const trainingBackend = z.enum(TRAINING_BACKENDS).default('onnxruntime');

/** `compile` for a backend; on a GPU with operations that give the same bytes each time, unless the environment says otherwise. */
export function compileOn(backend: TrainingBackend = 'onnxruntime'): Compile {
  if (backend === 'tensorflow-gpu') process.env.TF_DETERMINISTIC_OPS ??= '1';
  return (definition, options) => compile(definition, { ...options, backend });
}
