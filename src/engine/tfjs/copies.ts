import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { KernelBackend } from '@tensorflow/tfjs';
import { EngineError } from '../step/errors.ts';

/** The part of tfjs's engine through which a copy of tfjs announces itself. */
interface SharedEngine {
  findBackendFactory(name: string): unknown;
  registerBackend(
    name: string,
    factory: () => KernelBackend | Promise<KernelBackend>,
    priority?: number,
  ): boolean;
}

const guarded = new WeakSet<object>();

/**
 * Makes a second copy of TensorFlow.js fail to load. Two copies in one process share an engine and a table
 * of kernels but not their classes: variables, gradients and guards of one fail on tensors of the other.
 * Called before and after the engine's own copy is loaded, as either may be the second.
 */
export function refuseOtherCopies(): void {
  const engine = (globalThis as { _tfengine?: SharedEngine })._tfengine;
  if (engine === undefined || guarded.has(engine)) return;
  guarded.add(engine);
  const { registerBackend } = engine;
  engine.registerBackend = (name, factory, priority) => {
    if (name === 'cpu' && engine.findBackendFactory(name) !== null) throw otherCopy();
    return registerBackend.call(engine, name, factory, priority);
  };
}

function otherCopy(): EngineError {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
  return new EngineError(
    `there are two copies of TensorFlow.js: the engine uses ${dirname(dirname(entry))}, the program another one; ` +
      'keep one of the two (`npm ls @tensorflow/tfjs-core` lists them, `npm dedupe` removes the second)',
  );
}

refuseOtherCopies();
