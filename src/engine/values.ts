import { EngineError } from './errors.ts';
import { sizeOf } from './graph.ts';
import type { DType, NamedSpecs, NamedValues, TensorValues } from './program.ts';

const ARRAY_OF: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
};

/**
 * Checks that there are values of the right type and length for every spec. Inputs that the step does
 * not have are let through, so that one record can feed several programs; a state must match exactly.
 */
export const checkValues = (
  role: 'input' | 'state',
  values: NamedValues,
  specs: NamedSpecs,
): void => {
  for (const name of Object.keys(specs)) {
    if (values[name] === undefined) throw new EngineError(`${role} '${name}' is missing`);
  }
  for (const [name, data] of Object.entries(values)) {
    const spec = specs[name];
    if (spec === undefined) {
      if (role === 'input') continue;
      const known = Object.keys(specs).join(', ') || 'none';
      throw new EngineError(`there is no ${role} '${name}'; known: ${known}`);
    }
    const { shape, dtype } = spec;
    const type = arrayType(data);
    if (type !== ARRAY_OF[dtype]) {
      throw new EngineError(
        `${role} '${name}' is ${dtype} and wants a ${ARRAY_OF[dtype]}, not ${type}`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new EngineError(
        `${role} '${name}' has shape [${shape}], ${sizeOf(shape)} elements, but was given ${data.length}`,
      );
    }
  }
};

const arrayType = (data: TensorValues): string =>
  Object.prototype.toString.call(data).slice('[object '.length, -1);
