import { loadRuntime } from '../onnx/onnxruntime.ts';
import { EngineError, messageOf } from '../step/errors.ts';
import type { Backend, ProgramBackend } from '../step/step.ts';
import { loadTensorflow, mayHaveGpu } from '../tfjs/tensorflow.ts';
import { tf } from '../tfjs/tf.ts';
import { loadWasm } from '../tfjs/wasm.ts';
import type { EagerBackend } from './eager-program.ts';

export interface BackendReport {
  readonly name: ProgramBackend;
  readonly works: boolean;
  /** The version, or why it does not work. */
  readonly detail: string;
}

export interface BackendChoice {
  /** The backend that `auto` takes on this machine. */
  readonly chosen: ProgramBackend;
  readonly why: string;
  readonly backends: readonly BackendReport[];
}

/**
 * Tries the backends on this machine. `auto` takes `tensorflow` if its native library is installed and
 * finds a GPU, else `onnxruntime`; `cpu` always works and is the last resort.
 */
export async function describeBackends(): Promise<BackendChoice> {
  return choiceOf(await report('tensorflow', tensorflowDetail));
}

/** The backend of `auto`. TensorFlow takes 0.4 s and 300 MB to load: only where there may be a GPU. */
export async function automaticBackend(hasGpu = mayHaveGpu()): Promise<ProgramBackend> {
  const none: BackendReport = { name: 'tensorflow', works: false, detail: 'there is no GPU' };
  const tensorflow = hasGpu ? await report('tensorflow', tensorflowDetail) : none;
  return (await choiceOf(tensorflow)).chosen;
}

async function choiceOf(tensorflow: BackendReport): Promise<BackendChoice> {
  const onnxruntime = await report('onnxruntime', onnxruntimeDetail);
  const cpu: BackendReport = {
    name: 'cpu',
    works: true,
    detail: `tfjs ${tf.version.tfjs}, reference only`,
  };
  const backends = [tensorflow, onnxruntime, cpu];
  if (tensorflow.works && tensorflow.detail.includes(' on the gpu')) {
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
  const { package: name, version, tensorflow, device } = loadTensorflow();
  return `TensorFlow ${tensorflow} on the ${device}, by ${name} ${version}`;
}

/**
 * Registers a backend of tfjs's own, and makes it the active one.
 *
 * @returns its name in tfjs
 * @throws EngineError when it is unknown, is not there, or cannot be set to that many threads
 */
export async function openBackend(
  backend: Exclude<Backend, 'auto' | 'onnxruntime'>,
  threads?: number,
): Promise<EagerBackend> {
  const name = await prepareBackend(backend, threads);
  await tf.setBackend(name);
  return name;
}

async function prepareBackend(
  backend: Exclude<Backend, 'auto' | 'onnxruntime'>,
  threads: number | undefined,
): Promise<EagerBackend> {
  switch (backend) {
    case 'tensorflow':
    case 'tensorflow-cpu':
    case 'tensorflow-gpu':
      refuseThreads(backend, threads);
      loadTensorflow(DEVICES[backend]);
      return 'tensorflow';
    case 'wasm':
      await loadWasm(threads);
      return backend;
    case 'cpu':
      if (threads !== 1) refuseThreads(backend, threads);
      return backend;
    default: {
      const unknown: never = backend;
      const known = 'auto, onnxruntime, tensorflow, tensorflow-cpu, tensorflow-gpu, cpu, wasm';
      throw new EngineError(`there is no backend '${unknown}'; known: ${known}`);
    }
  }
}

const DEVICES = {
  tensorflow: undefined,
  'tensorflow-cpu': 'cpu',
  'tensorflow-gpu': 'gpu',
} as const;

function refuseThreads(backend: Backend, threads: number | undefined): void {
  if (threads === undefined) return;
  throw new EngineError(
    `the ${backend} backend cannot be set to ${threads} threads: leave threads out, or use onnxruntime or wasm`,
  );
}
