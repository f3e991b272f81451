import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { EngineError, messageOf } from '../step/errors.ts';
import { registerSegmentSums } from './segment-sums.ts';
import { tf } from './tf.ts';

export type Device = 'cpu' | 'gpu';

/** The native TensorFlow that tfjs loaded. */
export interface Tensorflow {
  /** The binding, and its version. */
  readonly package: string;
  readonly version: string;
  /** TensorFlow's own version. */
  readonly tensorflow: string;
  readonly device: Device;
}

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const SET_UP = 'npm run setup:tensorflow';

/** What TensorFlow reads when it is loaded. */
const SETTINGS: Readonly<Record<string, string>> = {
  // Without its notes about the processor, in every log.
  TF_CPP_MIN_LOG_LEVEL: '1',
  TF_ENABLE_ONEDNN_OPTS: '0',
  // As on the other backends, so that results do not depend on the number of cores.
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  // Otherwise each process takes all memory of every GPU that it sees.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // From Ampere on, products of float32 would be made with factors of ten bits.
  NVIDIA_TF32_OVERRIDE: '0',
};

/** Whether a driver for NVIDIA's GPUs, natively or in WSL, is there; other systems are not asked. */
export function mayHaveGpu(exists: (path: string) => boolean = existsSync): boolean {
  return process.platform !== 'linux' || ['/proc/driver/nvidia', '/dev/dxg'].some(exists);
}

/** Whether tfjs's active backend computes on a GPU. */
export function isOnGpu(): boolean {
  return tf.getBackend() === 'tensorflow' && deviceOf(tf.backend()) === 'gpu';
}

/**
 * Loads the TensorFlow bindings, which register tfjs's `tensorflow` backend. npm installs the package
 * without its native library, so the library may be missing. What the environment says about memory, threads
 * and the like stays; the rest is as in `SETTINGS`.
 *
 * @param wanted the device to compute on; by default a GPU if one answers
 * @throws EngineError that says what is missing, or why the library does not load, or that it is on another device
 */
export function loadTensorflow(
  wanted?: Device,
  require = createRequire(import.meta.url),
): Tensorflow {
  const failures: string[] = [];
  let loaded: Tensorflow | undefined;
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
      for (const [key, value] of Object.entries(SETTINGS)) process.env[key] ??= value;
      const open = (): Tensorflow => {
        // Literals, so that it is known what a stage may load.
        const { version }: { version: Record<string, string> } =
          name === '@tensorflow/tfjs-node-gpu'
            ? require('@tensorflow/tfjs-node-gpu')
            : require('@tensorflow/tfjs-node');
        const backend = tf.findBackend('tensorflow') as NativeBackend | null;
        return {
          package: name,
          version: version['tfjs-node'] ?? 'unknown',
          tensorflow: backend?.binding?.TF_Version ?? 'unknown',
          device: deviceOf(backend),
        };
      };
      loaded = wanted === 'cpu' ? withoutGpus(open) : open();
      if (loaded.device === 'gpu' && isDeterministic()) registerSegmentSums('tensorflow');
      break;
    } catch (cause) {
      failures.push(`${name} does not load: ${messageOf(cause).split('\n')[0]}`);
    }
  }
  if (loaded === undefined) {
    const why = failures.length === 0 ? `${PACKAGES[0]} is not installed` : failures.join('; ');
    const command = wanted === 'gpu' ? `${SET_UP} -- gpu` : SET_UP;
    throw new EngineError(`${why}; run \`${command}\`, or use the onnxruntime backend`);
  }
  if (wanted !== undefined && wanted !== loaded.device) {
    throw new EngineError(
      wanted === 'gpu'
        ? `TensorFlow finds no GPU, which the backend tensorflow-gpu needs: run \`${SET_UP} -- gpu\` if it is set up for the cpu; else TF_CPP_MAX_VLOG_LEVEL=1 says why`
        : 'TensorFlow is on a GPU already in this process: use tensorflow-cpu in a process of its own',
    );
  }
  return loaded;

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

/** What tfjs-node's backend tells of itself. */
interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

function deviceOf(backend: unknown): Device {
  return (backend as NativeBackend | null)?.isUsingGpuDevice ? 'gpu' : 'cpu';
}

/** As TensorFlow reads it. */
function isDeterministic(): boolean {
  return ['1', 'true'].includes(process.env.TF_DETERMINISTIC_OPS?.toLowerCase() ?? '');
}

/** TensorFlow looks for its devices when it is loaded. */
function withoutGpus<T>(load: () => T): T {
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  process.env.CUDA_VISIBLE_DEVICES = '-1';
  try {
    return load();
  } finally {
    if (visible === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
    else process.env.CUDA_VISIBLE_DEVICES = visible;
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
