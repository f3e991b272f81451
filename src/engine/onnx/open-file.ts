import type { InferenceSession } from 'onnxruntime-node';
import { EngineError, messageOf } from '../step/errors.ts';
import { loadRuntime } from './onnxruntime.ts';
import { SESSION_OPTIONS } from './session.ts';

/** An input of an ONNX file. */
export interface OnnxInput {
  readonly name: string;
  /** ONNX Runtime's name of the element type, such as `float32` or `int64`. */
  readonly type: string;
  /** Sizes that the file leaves open are undefined. */
  readonly shape: readonly (number | undefined)[];
}

/** Whole or real numbers for an input, whatever its element type. */
interface OnnxValues {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Any ONNX file, ready to run. */
export interface OnnxFile {
  readonly path: string;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  /** Values of a float32 output. */
  run(inputs: Readonly<Record<string, OnnxValues>>, output: string): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens a file that need not be the engine's own.
 *
 * @throws EngineError when ONNX Runtime cannot load it
 */
export async function openOnnx(path: string): Promise<OnnxFile> {
  const { InferenceSession, Tensor } = await loadRuntime();
  let session: InferenceSession;
  try {
    // Unlike the engine's graphs, others' have not been optimised.
    session = await InferenceSession.create(path, {
      ...SESSION_OPTIONS,
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    throw new EngineError(`${path} is no ONNX model that can be run: ${messageOf(cause)}`, {
      cause,
    });
  }
  const inputs = session.inputMetadata.map((input): OnnxInput => {
    if (!input.isTensor) throw new EngineError(`${path}: input '${input.name}' is no tensor`);
    const shape = input.shape.map((size) =>
      typeof size === 'number' && size > 0 ? size : undefined,
    );
    return { name: input.name, type: input.type, shape };
  });
  const typeOf = new Map(inputs.map(({ name, type }) => [name, type]));
  return {
    path,
    inputs,
    outputs: session.outputNames,
    async run(given, output) {
      const feeds = Object.fromEntries(
        Object.entries(given).map(([name, { values, shape }]) => {
          const isLong = typeOf.get(name) === 'int64';
          const tensor = isLong
            ? new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
            : values instanceof Int32Array
              ? new Tensor('int32', values, shape)
              : new Tensor('float32', values, shape);
          return [name, tensor];
        }),
      );
      try {
        const { [output]: result } = await session.run(feeds, [output]);
        if (result.type !== 'float32') throw new EngineError(`'${output}' is ${result.type}`);
        return Float32Array.from(result.data as Float32Array);
      } catch (cause) {
        throw new EngineError(`${path} cannot be run: ${messageOf(cause)}`, { cause });
      }
    },
    dispose: () => session.release(),
  };
}
