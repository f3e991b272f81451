import { sizeOf } from '../graph/graph.ts';
import { EngineError } from './errors.ts';
import type {
  BatchSpec,
  DType,
  NamedSpecs,
  NamedValues,
  StepDefinition,
  TensorValues,
} from './step.ts';

const ARRAY_OF: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
};

/**
 * Checks the declared inputs and state of a step, before it is traced or run.
 *
 * @throws EngineError
 */
export function checkDefinition({ inputs, state, step }: StepDefinition): void {
  for (const [name, specs] of Object.entries({ inputs, state })) {
    if (typeof specs === 'object' && specs !== null) continue;
    throw new EngineError(`the definition of a step needs ${name}: { name: { shape, dtype } }`);
  }
  if (typeof step !== 'function') {
    throw new EngineError('the definition of a step needs step: (inputs, state) => ({ outputs })');
  }
  for (const [name, spec] of Object.entries(inputs)) checkSpec('input', name, spec);
  for (const [name, spec] of Object.entries(state)) checkSpec('state', name, spec);
  const values = Object.entries(state).map(([name, spec]) => [name, spec.values] as const);
  checkValues('state', Object.fromEntries(values), state);
}

function checkSpec(role: 'input' | 'state', name: string, { shape, dtype }: BatchSpec): void {
  if (!Object.hasOwn(ARRAY_OF, dtype)) {
    const known = Object.keys(ARRAY_OF).join(', ');
    throw new EngineError(`${role} '${name}' has dtype '${dtype}'; known: ${known}`);
  }
  const isSize = (n: unknown) =>
    (Number.isSafeInteger(n) && (n as number) >= 0) || (n === null && role === 'input');
  if (Array.isArray(shape) && shape.every(isSize)) return;
  throw new EngineError(
    `${role} '${name}' has shape [${shape}]: every size must be a whole number, or null for the batch of an input`,
  );
}

/**
 * Checks that every spec has a value of the right type and length. Additional inputs are allowed, so that
 * one record can feed several programs; a state must match exactly.
 *
 * @throws EngineError
 */
export function checkValues(role: 'input' | 'state', values: NamedValues, specs: NamedSpecs): void {
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
        `${role} '${name}' is ${dtype} and needs a ${ARRAY_OF[dtype]}, not ${type}`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new EngineError(
        `${role} '${name}' has shape [${shape}], ${sizeOf(shape)} elements, but got ${data.length}`,
      );
    }
  }
}

function arrayType(data: TensorValues): string {
  return Object.prototype.toString.call(data).slice('[object '.length, -1);
}

/** @throws EngineError when the option is given and is no whole number of at least `least` */
export function checkWhole(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new EngineError(`${name} is ${value}, but must be a whole number from ${least} on`);
}

/** @throws EngineError when the precision is none */
export function checkPrecision(precision: unknown): void {
  const known = ['float32', 'float16', 'bfloat16'];
  if (known.includes(precision as string)) return;
  throw new EngineError(`there is no precision '${precision}'; known: ${known.join(', ')}`);
}
