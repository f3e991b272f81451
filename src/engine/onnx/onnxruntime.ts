/**
 * Everything that depends on how onnxruntime-node works inside: its telemetry switch, the native
 * binding below its public API, and the wording of its messages. Written for 1.30; look here first when
 * another version misbehaves.
 */
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError, messageOf } from '../step/errors.ts';

const TELEMETRY_SWITCH = 'ORT_DISABLE_TELEMETRY';

// ONNX Runtime reports usage over the network unless this is set before it loads.
process.env[TELEMETRY_SWITCH] = '1';

let isTelemetryOff = false;

/**
 * In a worker thread `process.env` is a copy that native code does not see.
 *
 * @throws EngineError when ONNX Runtime would report usage
 */
function refuseTelemetry(): void {
  isTelemetryOff ||= isMainThread || nativeEnvironment()[TELEMETRY_SWITCH] === '1';
  if (isTelemetryOff) return;
  throw new EngineError(
    `a worker thread cannot turn off the usage reports of ONNX Runtime: import the engine in the main ` +
      `thread as well, or start Node with ${TELEMETRY_SWITCH}=1`,
  );
}

/** The environment as native code sees it, which Node's diagnostic report lists. */
function nativeEnvironment(): Readonly<Record<string, string>> {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const { excludeNetwork = false } = report;
  // Otherwise the report looks up the names of all connected hosts.
  report.excludeNetwork = true;
  try {
    const { environmentVariables } = report.getReport() as {
      environmentVariables?: Record<string, string>;
    };
    return environmentVariables ?? {};
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

type Runtime = typeof import('onnxruntime-node');
export type RuntimeTensors = Record<string, Tensor>;

let loading: Promise<Runtime> | undefined;

/** onnxruntime-node, loaded on first use: it maps a library of 45 MB. */
export async function loadRuntime(): Promise<Runtime> {
  refuseTelemetry();
  loading ??= import('onnxruntime-node').catch((cause: unknown) => {
    throw new EngineError(
      `cannot load onnxruntime-node: ${String(cause)}; reinstall it (npm ci) or choose another backend`,
      { cause },
    );
  });
  return loading;
}

const require = createRequire(import.meta.url);

/** The same, at once. */
export function requireRuntime(): Runtime {
  refuseTelemetry();
  return require('onnxruntime-node') as Runtime;
}

/**
 * The native session below onnxruntime-node's public one. Its calls are synchronous, which tfjs's
 * synchronous reads need; the public calls block the thread as well, one tick later.
 */
export interface NativeSession {
  run(
    feeds: RuntimeTensors,
    fetches: Readonly<Record<string, Tensor | null>>,
    options: InferenceSession.RunOptions,
  ): RuntimeTensors;
  dispose(): void;
}

interface NativeBinding {
  readonly InferenceSession: new () => NativeSession & {
    loadModel(
      buffer: ArrayBufferLike,
      offset: number,
      length: number,
      options: InferenceSession.SessionOptions,
    ): void;
  };
}

export function openNativeSession(
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): NativeSession {
  const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
    readonly binding: NativeBinding;
    readonly initOrt: () => void;
  };
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  return session;
}

/** Name of the first output of a model for `runInPlace`: a sequence of tensors, which the binding cannot convert. */
export const UNREADABLE_OUTPUT = 'nothing';

/**
 * Runs a graph into the tensors given as fetches, and does nothing else. The binding makes a new array
 * of every output, even of those it was given a tensor for, and as the memory is fresh that takes ten
 * times as long as the copy (210 ms of a step of 1400 for a state of 17 M parameters). It does so after
 * the graph has run, output by output, so a first output that it cannot convert stops it in time.
 */
export async function runInPlace(
  session: InferenceSession,
  feeds: RuntimeTensors,
  fetches: Readonly<Record<string, Tensor | null>>,
): Promise<void> {
  try {
    await session.run(feeds, fetches as RuntimeTensors);
  } catch (cause) {
    if (!messageOf(cause).includes('Non tensor type')) throw cause;
  }
}

/** The same, at once. */
export function runInPlaceSync(
  session: NativeSession,
  feeds: RuntimeTensors,
  fetches: Readonly<Record<string, Tensor | null>>,
): void {
  try {
    session.run(feeds, fetches, {});
  } catch (cause) {
    if (!messageOf(cause).includes('Non tensor type')) throw cause;
  }
}

/** Nodes that a message of ONNX Runtime names, as `Add_12`: operation and number. */
export function nodesNamedIn(message: string): { readonly op: string; readonly index: number }[] {
  return [...message.matchAll(/\b([A-Za-z]+)_(\d+)\b/g)].map(([, op, index]) => ({
    op,
    index: Number(index),
  }));
}
