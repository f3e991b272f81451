import { loadRuntime } from '../onnx/onnxruntime.ts';
import { EngineError, messageOf } from '../step/errors.ts';
import type { Backend } from '../step/step.ts';
import { loadTensorflow } from '../tfjs/tensorflow.ts';
import { tf } from '../tfjs/tf.ts';
import { loadWasm } from '../tfjs/wasm.ts';
import type { EagerBackend } from './eager-program.ts';

export interface BackendReport {
  readonly name: Exclude<Backend, 'auto'>;
  readonly works: boolean;
  /** The version, or why it does not work. */
  readonly detail: string;
}

export interface BackendChoice {
  /** The backend that `auto` takes on this machine. */
  readonly chosen: Exclude<Backend, 'auto'>;
  readonly why: string;
  readonly backends: readonly BackendReport[];
}

/**
 * Tries the backends on this machine. `auto` takes `tensorflow` if its native library is installed and
 * finds a GPU, else `onnxruntime`; `cpu` always works and is the last resort.
 */
export async function describeBackends(): Promise<BackendChoice> {
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
    const why = tensorflow.works ? 'tensorflow found no gpu' : 'tensorflow is not available';
    return { chosen: 'onnxruntime', why: `fastest on a cpu; ${why}`, backends };
  }
  return { chosen: 'cpu', why: `onnxruntime does not work: ${onnxruntime.detail}`, backends };
}

async function report(
  name: BackendReport['name'],
  detail: () => Promise<string>,
): Promise<BackendReport> {
  try {
    return { name, works: true, detail: await detail() };
  } catch (cause) {
    return { name, works: false, detail: messageOf(cause).split('\n')[0] };
  }
}

async function onnxruntimeDetail(): Promise<string> {
  const { env } = await loadRuntime();
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
}

async function tensorflowDetail(): Promise<string> {
  const { package: name, version, device } = loadTensorflow();
  return `${name} ${version} on the ${device}`;
}

/**
 * Registers an eager backend with tfjs.
 *
 * @throws EngineError when the backend cannot be set to that many threads
 */
export async function prepareBackend(backend: EagerBackend, threads?: number): Promise<void> {
  switch (backend) {
    case 'tensorflow':
      refuseThreads(backend, threads);
      loadTensorflow();
      return;
    case 'wasm':
      return loadWasm(threads);
    case 'cpu':
      if (threads !== 1) refuseThreads(backend, threads);
      return;
    default: {
      const unknown: never = backend;
      const known = 'auto, onnxruntime, tensorflow, cpu, wasm';
      throw new EngineError(`there is no backend '${unknown}'; known: ${known}`);
    }
  }
}

function refuseThreads(backend: EagerBackend, threads: number | undefined): void {
  if (threads === undefined) return;
  throw new EngineError(
    `the ${backend} backend cannot be set to ${threads} threads: leave threads out, or use onnxruntime or wasm`,
  );
}
