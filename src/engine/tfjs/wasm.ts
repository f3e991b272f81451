import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { EngineError } from '../step/errors.ts';

/**
 * Registers tfjs's `wasm` backend.
 *
 * @throws EngineError when its package is not installed
 */
export async function loadWasm(threads = 1): Promise<void> {
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const require = createRequire(import.meta.url);
    const entry = require.resolve('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(dirname(entry) + sep);
    wasm.setThreadsCount(threads);
  } catch (cause) {
    throw new EngineError('install @tensorflow/tfjs-backend-wasm to use the wasm backend', {
      cause,
    });
  }
}
