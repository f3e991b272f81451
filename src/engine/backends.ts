import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { EagerBackend } from './eager.ts';
import { EngineError } from './errors.ts';
import type { Backend } from './program.ts';
import { loadRuntime, reason } from './session.ts';
import { loadTensorflow } from './tensorflow.ts';
import { tf } from './tf.ts';

export interface BackendReport {
  readonly name: Exclude<Backend, 'auto'>;
  readonly works: boolean;
  /** Version found, or why it does not work. */
  readonly detail: string;
}

export interface BackendChoice {
  /** What `auto` means on this machine. */
  readonly chosen: Exclude<Backend, 'auto'>;
  readonly why: string;
  readonly backends: readonly BackendReport[];
}

/**
 * Looks at what is installed. `auto` is `tensorflow` where its native library is there and a GPU
 * answers, else `onnxruntime`; `cpu` always works and is never chosen while another does.
 */
export const describeBackends = async (): Promise<BackendChoice> => {
  const tensorflow = await report('tensorflow', tensorflowDetail);
  const onnxruntime = await report('onnxruntime', onnxruntimeDetail);
  const cpu: BackendReport = {
    name: 'cpu',
    works: true,
    detail: `tfjs ${tf.version.tfjs}, reference only`,
  };
  const backends = [tensorflow, onnxruntime, cpu];
  if (tensorflow.works && tensorflow.detail.endsWith('gpu')) {
    return { chosen: 'tensorflow', why: 'its native library and a gpu were found', backends };
  }
  if (onnxruntime.works) {
    const why = tensorflow.works ? 'tensorflow has no gpu here' : 'tensorflow is not there';
    return { chosen: 'onnxruntime', why: `fastest on a cpu, and ${why}`, backends };
  }
  return { chosen: 'cpu', why: `onnxruntime does not work: ${onnxruntime.detail}`, backends };
};

const report = async (
  name: BackendReport['name'],
  detail: () => Promise<string>,
): Promise<BackendReport> => {
  try {
    return { name, works: true, detail: await detail() };
  } catch (cause) {
    return { name, works: false, detail: reason(cause).split('\n')[0] };
  }
};

const onnxruntimeDetail = async (): Promise<string> => {
  const { env } = await loadRuntime();
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
};

const tensorflowDetail = async (): Promise<string> => {
  const found = loadTensorflow();
  return `${found.package} ${found.version} on the ${found.device}`;
};

/** Makes an eager backend known to tfjs. */
export const prepareBackend = async (backend: EagerBackend): Promise<void> => {
  switch (backend) {
    case 'tensorflow':
      loadTensorflow();
      return;
    case 'wasm':
      return loadWasm();
    case 'cpu':
      return;
    default: {
      const unknown: never = backend;
      const known = 'auto, onnxruntime, tensorflow, cpu, wasm';
      throw new EngineError(`there is no backend '${unknown}'; known: ${known}`);
    }
  }
};

const loadWasm = async (): Promise<void> => {
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const require = createRequire(import.meta.url);
    const entry = require.resolve('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(dirname(entry) + sep);
    wasm.setThreadsCount(1);
  } catch (cause) {
    throw new EngineError('install @tensorflow/tfjs-backend-wasm to use the wasm backend', {
      cause,
    });
  }
};
