import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dataOf, type Graph, type Value } from '../graph/graph.ts';
import { castValue } from '../kernels/symbolic.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { OpenSize } from '../onnx/messages.ts';
import { standardForm } from '../onnx/standard-form.ts';
import { checkPrecision } from '../step/check.ts';
import { EngineError, messageOf } from '../step/errors.ts';
import type { NamedValues, Precision, StepDefinition, TensorSpec } from '../step/step.ts';
import type { Distribution } from '../tfjs/random.ts';
import { stateName } from '../trace/names.ts';
import type { Dimension } from '../trace/open-batch.ts';
import { namedOutputs, trace } from '../trace/trace.ts';

/** Protobuf's limit on a message, and so on a model in one file. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Saves a function as a standard ONNX file, which any ONNX runtime can load. `inputs` and `outputs` keep
 * their names (an output that has an input's name is `output/<name>`) and shapes. State that the step
 * does not change, such as the parameters of a trained model, is stored in the file; state that it
 * changes becomes an input `state/<name>` and an output `next/<name>`. Inputs that no output depends on
 * are left out. Random numbers are drawn anew in every run. The file is written atomically.
 *
 * @throws EngineError when the step cannot be traced, or is too large for one file
 */
export async function saveOnnx(
  path: string,
  definition: StepDefinition,
  { precision = 'float32' }: SaveOptions = {},
): Promise<void> {
  checkPrecision(precision);
  return writeAtomically(path, standardModel(definition, precision));
}

export interface SaveOptions {
  /** What the numbers stored in the file are rounded to; it computes in float32. */
  readonly precision?: Precision;
}

/** The same step with other values of its state. */
export function withState(definition: StepDefinition, values: NamedValues): StepDefinition {
  return {
    ...definition,
    state: Object.fromEntries(
      Object.entries(definition.state).map(([name, spec]) => [
        name,
        { ...spec, values: values[name] ?? spec.values },
      ]),
    ),
  };
}

/** The bytes of the file that `saveOnnx` writes. */
export function standardModel(
  definition: StepDefinition,
  precision: Precision = 'float32',
): Uint8Array {
  // Traced again: the graph that runs has been rewritten for ONNX Runtime.
  const traced = trace(definition);
  const constants = new Map<Value, (graph: Graph) => Value>();
  for (const [name, { shape, dtype, values }] of Object.entries(definition.state)) {
    const value = traced.inputs.get(stateName(name));
    if (value === undefined || traced.nextState.has(name)) continue;
    const isRounded = precision !== 'float32' && dtype === 'float32';
    constants.set(value, (graph) =>
      isRounded
        ? castValue(graph, graph.constant(dataOf(values, precision), shape, precision), dtype)
        : graph.constant(values, shape, dtype),
    );
  }
  for (const { name, spec, distribution } of traced.draws) {
    const value = traced.inputs.get(name);
    if (value === undefined) continue;
    if (traced.open?.dimensions.get(value)?.some((size) => typeof size !== 'number')) {
      throw new EngineError(
        'the step draws random numbers for a batch of an open size: give it a fixed size to save it',
      );
    }
    constants.set(value, (graph) => randomNode(graph, spec, distribution));
  }
  const wanted = [...traced.outputs.values(), ...traced.nextState.values()];
  const standard = standardForm(wanted, constants);
  const outputs = namedOutputs(traced).map(({ name, value }) => ({ name, value: standard(value) }));
  const copies = new Map(wanted.map((value) => [value, standard(value)]));
  const openShapes = new Map(
    [...(traced.open?.dimensions ?? [])].map(([value, dimensions]) => [
      copies.get(value) ?? value,
      dimensions.map(nameOfSize),
    ]),
  );
  const { bytes } = encodeModel(outputs, traced.inputs, { openShapes });
  if (bytes.byteLength > MAX_BYTES) {
    throw new EngineError(
      `the model takes ${bytes.byteLength} bytes, more than the ${MAX_BYTES} that one ONNX file can hold`,
    );
  }
  return bytes;
}

/** The batch's own size has a name in the file, others that follow from it are left open. */
function nameOfSize(size: Dimension): OpenSize {
  if (typeof size === 'number') return size;
  return size.factor === 1 && size.rest === 0 ? 'batch' : null;
}

/** An operation that draws new numbers in every run. */
function randomNode(graph: Graph, { shape, dtype }: TensorSpec, distribution: Distribution): Value {
  const { kind } = distribution;
  if (dtype !== 'float32' || kind === 'truncated normal') {
    throw new EngineError(
      `the step draws ${dtype} numbers of a ${kind} distribution, for which ONNX has no operation`,
    );
  }
  const parameters =
    kind === 'uniform'
      ? { low: { float: distribution.low }, high: { float: distribution.high } }
      : { mean: { float: distribution.mean }, scale: { float: distribution.deviation } };
  const op = kind === 'uniform' ? 'RandomUniform' : 'RandomNormal';
  // Two draws with the same parameters are two nodes.
  graph.forget();
  return graph.op(op, [], shape, dtype, { ...parameters, shape: [...shape] });
}

async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new EngineError(`cannot save ${path}: ${messageOf(cause)}`, { cause });
  }
}
