// Its settings are read when ONNX Runtime loads, so this comes first.
import './no-telemetry.ts';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from './errors.ts';
import { type ConstantData, nodesFor, type Value } from './graph.ts';
import { type EncodedModel, encodeModel } from './onnx.ts';
import { accusedNode, reason, runtimeTensor, SESSION_OPTIONS } from './session.ts';

type Tensors = Record<string, Tensor>;

/**
 * The native session below onnxruntime-node's public one. Its calls are synchronous, as the public
 * ones are at heart (they block the thread, a tick later); tfjs has synchronous reads too.
 */
interface NativeSession {
  loadModel(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
    options: InferenceSession.SessionOptions,
  ): void;
  run(
    feeds: Tensors,
    fetches: Readonly<Record<string, null>>,
    options: InferenceSession.RunOptions,
  ): Tensors;
  dispose(): void;
}

const require = createRequire(import.meta.url);

type Runtime = typeof import('onnxruntime-node');

const openSession = (model: EncodedModel): NativeSession => {
  const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
    readonly binding: { readonly InferenceSession: new () => NativeSession };
    readonly initOrt: () => void;
  };
  initOrt();
  const session = new binding.InferenceSession();
  const { buffer, byteOffset, byteLength } = model.bytes;
  session.loadModel(buffer, byteOffset, byteLength, SESSION_OPTIONS);
  return session;
};

const KEPT_SESSIONS = 64;
const sessions = new Map<string, NativeSession>();

/** The session of a model; a graph of the same structure as an earlier one reuses its session. */
const sessionOf = (model: EncodedModel): NativeSession => {
  const key = createHash('sha256').update(model.bytes).digest('base64');
  const session = sessions.get(key) ?? openSession(model);
  sessions.delete(key);
  sessions.set(key, session);
  for (const [old, { dispose }] of sessions) {
    if (sessions.size <= KEPT_SESSIONS) break;
    dispose.call(sessions.get(old));
    sessions.delete(old);
  }
  return session;
};

/**
 * Computes recorded values and turns them into constants, so that nothing is computed twice.
 *
 * @throws EngineError when ONNX Runtime refuses the graph, or fails in it
 */
export const evaluate = (values: readonly Value[]): void => {
  const outputs = values
    .filter(({ source }) => source.kind === 'node')
    .map((value, i) => ({ name: `output${i}`, value }));
  if (outputs.length === 0) return;
  const { model, feeds } = parametrised(outputs);
  try {
    const fetches = Object.fromEntries(outputs.map(({ name }) => [name, null]));
    const results = sessionOf(model).run(feeds, fetches, {});
    for (const { name, value } of outputs) {
      value.source = { kind: 'constant', data: results[name].data as ConstantData };
    }
  } catch (cause) {
    throw new EngineError(
      `onnxruntime cannot compute a tensor: ${reason(cause)}${accusedNode(model.nodes, cause)}`,
      { cause },
    );
  }
};

/** The model with its constants as inputs, so that the same code on new data is the same model. */
const parametrised = (
  outputs: readonly { readonly name: string; readonly value: Value }[],
): { readonly model: EncodedModel; readonly feeds: Tensors } => {
  const { Tensor } = require('onnxruntime-node') as Runtime;
  const feeds: Tensors = {};
  const inputs = new Map<string, Value>();
  const restore: (() => void)[] = [];
  try {
    for (const value of new Set(
      nodesFor(outputs.map((output) => output.value)).flatMap((node) => node.inputs),
    )) {
      const source = value?.source;
      if (value === undefined || source === undefined) continue;
      if (source.kind === 'input') {
        throw new EngineError(
          'a tensor made inside a traced step is used outside it, where it has no value: ' +
            'return it as an output',
        );
      }
      // int64 constants are shapes and axes, which onnxruntime wants to know beforehand.
      if (source.kind !== 'constant' || value.type === 'int64') continue;
      const name = `input${inputs.size}`;
      inputs.set(name, value);
      feeds[name] = runtimeTensor({ Tensor } as Runtime, value.type, source.data, value.shape);
      value.source = { kind: 'input', name };
      restore.push(() => {
        value.source = source;
      });
    }
    return { model: encodeModel(outputs, inputs), feeds };
  } finally {
    for (const undo of restore) undo();
  }
};
