import type { DataType } from 'apache-arrow';
import {
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
} from './arrow.ts';
import type { NumberType } from './column.ts';

const TYPES = {
  int8: Int8,
  uint8: Uint8,
  int16: Int16,
  uint16: Uint16,
  int32: Int32,
  uint32: Uint32,
  int64: Int64,
  uint64: Uint64,
  float32: Float32,
  float64: Float64,
} as const;

/** The Arrow type of a numeric element type. */
export function arrowNumber(type: NumberType): InstanceType<(typeof TYPES)[NumberType]> {
  return new TYPES[type]();
}

/** The inverse of `arrowNumber`; undefined for every other Arrow type. */
export function numberTypeOf(type: DataType): NumberType | undefined {
  // Arrow prints its numeric types as `Uint16`, `Float32`: our names, capitalised.
  const name = String(type).toLowerCase();
  return Object.hasOwn(TYPES, name) ? (name as NumberType) : undefined;
}
