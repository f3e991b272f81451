import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { EngineError, messageOf } from '../step/errors.ts';
import { tf } from './tf.ts';

/** The native TensorFlow that tfjs loaded. */
export interface Tensorflow {
  readonly package: string;
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
}

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const FIX = 'run `npm run setup:gpu`, or use the onnxruntime backend';

/**
 * Loads the TensorFlow bindings, which register tfjs's `tensorflow` backend. npm installs the package
 * without its native library, so the library may be missing.
 *
 * @throws EngineError that says what is missing, or why the library does not load
 */
export function loadTensorflow(require = createRequire(import.meta.url)): Tensorflow {
  const failures: string[] = [];
  for (const name of PACKAGES) {
    const manifest = manifestOf(name);
    if (manifest === undefined) continue;
    // Checked first: the package itself takes 0.2 s to fail, and has registered its kernels by then.
    if (!hasNativeLibrary(dirname(manifest))) {
      failures.push(`${name} has no native library`);
      continue;
    }
    try {
      restoreRemovedUtilFunctions();
      // Literals, so that it is known what a stage may load.
      const library: { version: Record<string, string> } =
        name === '@tensorflow/tfjs-node-gpu'
          ? require('@tensorflow/tfjs-node-gpu')
          : require('@tensorflow/tfjs-node');
      const backend = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
      const device = backend?.isUsingGpuDevice ? 'gpu' : 'cpu';
      return { package: name, version: library.version['tfjs-node'] ?? 'unknown', device };
    } catch (cause) {
      failures.push(`${name} does not load: ${messageOf(cause).split('\n')[0]}`);
    }
  }
  const why = failures.length === 0 ? `${PACKAGES[0]} is not installed` : failures.join('; ');
  throw new EngineError(`${why}; ${FIX}`);

  function manifestOf(name: (typeof PACKAGES)[number]): string | undefined {
    try {
      return name === '@tensorflow/tfjs-node-gpu'
        ? require.resolve('@tensorflow/tfjs-node-gpu/package.json')
        : require.resolve('@tensorflow/tfjs-node/package.json');
    } catch {
      return undefined;
    }
  }
}

function hasNativeLibrary(folder: string): boolean {
  const libraries = join(folder, 'lib');
  if (!existsSync(libraries)) return false;
  return readdirSync(libraries).some((name) =>
    existsSync(join(libraries, name, 'tfjs_binding.node')),
  );
}

/** tfjs-node 4.22 calls functions that Node 23 removed (tensorflow/tfjs#8609). */
function restoreRemovedUtilFunctions(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
