import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { EngineError } from './errors.ts';
import { reason } from './session.ts';
import { tf } from './tf.ts';

/** TensorFlow's native library, as tfjs found it. */
export interface Tensorflow {
  readonly package: string;
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
}

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const FIX = 'run `npm run setup:gpu`, or use onnxruntime';

/**
 * Loads TensorFlow's bindings and so registers tfjs's `tensorflow` backend, if the native library is
 * there: npm installs the package without it.
 *
 * @throws EngineError that says what is missing, or why what is there does not load
 */
export const loadTensorflow = (require = createRequire(import.meta.url)): Tensorflow => {
  const failures: string[] = [];
  for (const name of PACKAGES) {
    const manifest = resolved(require, `${name}/package.json`);
    if (manifest === undefined) continue;
    // Looked for first: the package takes 0.2 s to find out, and registers its kernels before.
    if (!hasLibrary(dirname(manifest))) {
      failures.push(`${name} has no native library`);
      continue;
    }
    try {
      restoreRemovedUtil();
      const library = require(name) as { version: Record<string, string> };
      const backend = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
      const device = backend?.isUsingGpuDevice ? 'gpu' : 'cpu';
      return { package: name, version: library.version['tfjs-node'] ?? 'unknown', device };
    } catch (cause) {
      failures.push(`${name} does not load: ${reason(cause).split('\n')[0]}`);
    }
  }
  const why = failures.length === 0 ? `${PACKAGES[0]} is not installed` : failures.join('; ');
  throw new EngineError(`${why}; ${FIX}`);
};

const resolved = (require: NodeJS.Require, path: string): string | undefined => {
  try {
    return require.resolve(path);
  } catch {
    return undefined;
  }
};

const hasLibrary = (folder: string): boolean => {
  const libraries = join(folder, 'lib');
  if (!existsSync(libraries)) return false;
  return readdirSync(libraries).some((name) =>
    existsSync(join(libraries, name, 'tfjs_binding.node')),
  );
};

/** tfjs-node 4.22 calls functions that Node 23 removed (tensorflow/tfjs#8609). */
const restoreRemovedUtil = (): void => {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
};
