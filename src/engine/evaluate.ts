import { createHash } from 'node:crypto';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ConstantData, nodesFor, type Value } from './graph.ts';
import { encodeModel } from './onnx.ts';
import { createSession, loadRuntime, runtimeTensor } from './session.ts';

/** Constants from this size on are passed in, so that the same code on new data is the same model. */
const INPUT_ELEMENTS = 2;
const KEPT_SESSIONS = 64;
const sessions = new Map<string, InferenceSession>();

/**
 * Computes recorded values and turns them into constants, so that nothing is computed twice. A graph
 * of the same structure as an earlier one reuses its session.
 */
export const evaluate = async (values: readonly Value[]): Promise<void> => {
  const runtime = await loadRuntime();
  const feeds: Record<string, Tensor> = {};
  const inputs = new Map<string, Value>();
  const restore: (() => void)[] = [];
  for (const value of new Set(nodesFor(values).flatMap((node) => node.inputs))) {
    const source = value?.source;
    if (value === undefined || source?.kind !== 'constant') continue;
    // int64 constants are shapes and axes, which onnxruntime wants to know beforehand.
    if (value.type === 'int64' || source.data.length < INPUT_ELEMENTS) continue;
    const name = `input${inputs.size}`;
    inputs.set(name, value);
    feeds[name] = runtimeTensor(runtime, value.type, source.data, value.shape);
    value.source = { kind: 'input', name };
    restore.push(() => {
      value.source = source;
    });
  }
  const outputs = values.map((value, i) => ({ name: `output${i}`, value }));
  const model = (() => {
    try {
      return encodeModel(outputs, inputs);
    } finally {
      for (const undo of restore) undo();
    }
  })();
  const key = createHash('sha256').update(model.bytes).digest('base64');
  const session = sessions.get(key) ?? (await createSession(model));
  sessions.delete(key);
  sessions.set(key, session);
  const results = await session.run(feeds);
  for (const { name, value } of outputs) {
    value.source = { kind: 'constant', data: results[name].data as ConstantData };
  }
  await forgetOldest();
};

const forgetOldest = async (): Promise<void> => {
  for (const [key, session] of sessions) {
    if (sessions.size <= KEPT_SESSIONS) return;
    sessions.delete(key);
    await session.release();
  }
};
