import type { Tensor } from 'onnxruntime-node';
import {
  ELEMENT_TYPE_CODE,
  type ElementType,
  type GraphNode,
  signatureOf,
  sizeOf,
  type Value,
} from '../../src/engine/graph/graph.ts';
import { halfBits } from '../../src/engine/graph/half.ts';
import type { StepDefinition } from '../../src/engine/index.ts';
import { encodeModel, type NamedOutput } from '../../src/engine/onnx/encode.ts';
import { loadRuntime, runInPlace } from '../../src/engine/onnx/onnxruntime.ts';
import { createSession, runtimeTensor } from '../../src/engine/onnx/session.ts';
import { optimise } from '../../src/engine/passes/optimise.ts';
import { replaceNode, usesOf } from '../../src/engine/passes/uses.ts';
import { nextStateName, stateName } from '../../src/engine/trace/names.ts';
import { namedOutputs, trace } from '../../src/engine/trace/trace.ts';

/** Tensors of fewer numbers stay in float32. */
const SMALL = 1024;
/** Numbers converted at once. */
const PIECE = 4096;
const UNREADABLE = 'unreadable';
const PRODUCTS: ReadonlySet<string> = new Set(['FusedMatMul', 'MatMul', 'Gemm', 'FusedGemm']);

/** A training whose large tensors lie in memory as float16. */
export interface HalfTraining {
  run(
    inputs: Readonly<Record<string, Float32Array | Int32Array>>,
  ): Promise<{ readonly loss: ArrayLike<number> }>;
  dispose(): Promise<void>;
}

/**
 * Compiles a step of which every large tensor is kept as float16: a node's result is rounded at once, and each
 * reader makes a float32 of its own, which lives as long as that node runs.
 *
 * @param master whether weights are kept in float32, and rounded for products
 */
export async function halfTraining(
  definition: StepDefinition,
  master: boolean,
): Promise<HalfTraining> {
  const traced = trace(definition);
  const outputs = namedOutputs(traced);
  const values = outputs.map(({ value }) => value);
  optimise(values);
  const { inputs, outputs: stored } = keepAsHalves(outputs, traced.inputs, master);
  const model = encodeModel(stored, inputs, { unreadableOutput: UNREADABLE });
  const session = await createSession(model);
  const runtime = await loadRuntime();
  const tensor = (type: ElementType, shape: readonly number[], values?: Float32Array): Tensor => {
    if (type !== 'float16') {
      return runtimeTensor(
        runtime,
        type,
        values?.slice() ?? new Float32Array(sizeOf(shape)),
        shape,
      );
    }
    const bits = new Uint16Array(sizeOf(shape));
    // In pieces: what a conversion leaves behind would count as memory of the training.
    for (let from = 0; values !== undefined && from < values.length; from += PIECE) {
      bits.set(halfBits(values.subarray(from, from + PIECE), type), from);
    }
    const { Float16Array } = globalThis as {
      Float16Array?: new (from: ArrayBuffer) => Uint16Array;
    };
    const data = Float16Array === undefined ? bits : new Float16Array(bits.buffer as ArrayBuffer);
    return runtimeTensor(runtime, type, data, shape);
  };
  const sets = [0, 1].map(() =>
    Object.fromEntries(
      Object.entries(definition.state).map(([name, { shape, values }]) => {
        const type = inputs.get(stateName(name))?.type ?? 'float32';
        return [name, tensor(type, shape, values as Float32Array)];
      }),
    ),
  );
  let current = 0;
  return {
    async run(given) {
      const own = Object.entries(definition.inputs).map(([name, { shape, dtype }]) => [
        name,
        runtimeTensor(runtime, dtype as ElementType, given[name], shape as number[]),
      ]);
      const named = (set: Record<string, Tensor>, nameOf: (name: string) => string) =>
        Object.fromEntries(Object.entries(set).map(([name, one]) => [nameOf(name), one]));
      const loss = tensor('float32', []);
      const feeds = { ...Object.fromEntries(own), ...named(sets[current], stateName) };
      const fetches = { loss, ...named(sets[1 - current], nextStateName) };
      await runInPlace(session, feeds, fetches);
      current = 1 - current;
      return { loss: loss.data as Float32Array };
    },
    dispose: () => session.release(),
  };
}

function keepAsHalves(
  outputs: readonly NamedOutput[],
  inputs: ReadonlyMap<string, Value>,
  master: boolean,
): { readonly outputs: readonly NamedOutput[]; readonly inputs: ReadonlyMap<string, Value> } {
  const { nodes } = usesOf(outputs.map(({ value }) => value));
  const isLarge = ({ type, shape }: Value) => type === 'float32' && sizeOf(shape) >= SMALL;
  const halves = new Map<Value, Value>();
  const kept = new Map(inputs);
  for (const [name, value] of inputs) {
    if (!name.startsWith('state/') || !isLarge(value)) continue;
    if (master) halves.set(value, cast(value, value.id + 0.5, 'float16'));
    else {
      const half: Value = { ...value, type: 'float16', source: { kind: 'input', name } };
      kept.set(name, half);
      halves.set(value, half);
    }
  }
  const results = nodes.flatMap(({ outputs: [result] }) => (isLarge(result) ? [result] : []));
  const isWeight = new Set(outputs.flatMap(({ name, value }) => (name === 'loss' ? [] : [value])));
  for (const value of results) {
    if (!(master && isWeight.has(value))) halves.set(value, cast(value, value.id + 0.5, 'float16'));
  }
  for (const node of nodes) {
    const reads = node.inputs.map((value, i) => {
      const half = value && halves.get(value);
      if (value === undefined || half === undefined) return value;
      if (master && value.source.kind === 'input' && !PRODUCTS.has(node.op)) return value;
      return cast(half, node.id - 0.4 + i / 100, 'float32');
    });
    if (reads.some((value, i) => value !== node.inputs[i])) {
      replaceNode(node.outputs[0], { ...node, inputs: reads });
    }
  }
  return {
    inputs: kept,
    outputs: outputs.map(({ name, value }) => ({ name, value: halves.get(value) ?? value })),
  };
}

function cast(value: Value, id: number, type: 'float16' | 'float32'): Value {
  const outputs: Value[] = [];
  const attributes = { to: ELEMENT_TYPE_CODE[type] };
  const signature = signatureOf('', 'Cast', attributes);
  const node: GraphNode = {
    id,
    op: 'Cast',
    domain: '',
    inputs: [value],
    attributes,
    outputs,
    signature,
  };
  const result: Value = { id, shape: value.shape, type, source: { kind: 'node', node } };
  outputs.push(result);
  return result;
}
