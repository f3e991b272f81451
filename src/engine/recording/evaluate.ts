import { type ConstantData, nodesFor, type Value } from '../graph/graph.ts';
import { type EncodedModel, encodeModel, type NamedOutput } from '../onnx/encode.ts';
import { type RuntimeTensors, requireRuntime } from '../onnx/onnxruntime.ts';
import { runtimeError, runtimeTensor } from '../onnx/session.ts';
import { EngineError } from '../step/errors.ts';
import { sessionOf } from './session-cache.ts';

/**
 * Computes recorded values, at once, and turns them into constants, so that nothing is computed twice.
 *
 * @throws EngineError when ONNX Runtime rejects the graph, or fails to run it
 */
export function evaluate(values: readonly Value[]): void {
  const outputs = values
    .filter(({ source }) => source.kind === 'node')
    .map((value, i) => ({ name: `output${i}`, value }));
  if (outputs.length === 0) return;
  const { model, feeds } = withConstantsAsInputs(outputs);
  try {
    const fetches = Object.fromEntries(outputs.map(({ name }) => [name, null]));
    const results = sessionOf(model).run(feeds, fetches, {});
    for (const { name, value } of outputs) {
      value.source = { kind: 'constant', data: results[name].data as ConstantData };
    }
  } catch (cause) {
    throw runtimeError('onnxruntime cannot compute a tensor', cause, model.nodes);
  }
}

/** The model with its constants as inputs, so that the same code on new data is the same model. */
function withConstantsAsInputs(outputs: readonly NamedOutput[]): {
  readonly model: EncodedModel;
  readonly feeds: RuntimeTensors;
} {
  const runtime = requireRuntime();
  const feeds: RuntimeTensors = {};
  const inputs = new Map<string, Value>();
  const restore: (() => void)[] = [];
  const nodes = nodesFor(outputs.map(({ value }) => value));
  try {
    for (const value of new Set(nodes.flatMap((node) => node.inputs))) {
      const source = value?.source;
      if (value === undefined || source === undefined) continue;
      if (source.kind === 'input') {
        throw new EngineError(
          'a tensor made inside a traced step is used outside it, where it has no value: ' +
            'return it as an output',
        );
      }
      // int64 constants are shapes and axes, which ONNX Runtime needs when it creates the session.
      if (source.kind !== 'constant' || value.type === 'int64') continue;
      const name = `input${inputs.size}`;
      inputs.set(name, value);
      feeds[name] = runtimeTensor(runtime, value.type, source.data, value.shape);
      value.source = { kind: 'input', name };
      restore.push(() => {
        value.source = source;
      });
    }
    return { model: encodeModel(outputs, inputs), feeds };
  } finally {
    for (const undo of restore) undo();
  }
}
