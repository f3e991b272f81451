/** Element types of numeric columns and the typed arrays that hold them. */
export interface NumberArrays {
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int64: BigInt64Array;
  readonly uint64: BigUint64Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
}
export type NumberType = keyof NumberArrays;
export type NumberArray = NumberArrays[NumberType];

/** A column to write, made by one of the constructors below. `null` marks an absent value. */
export type Column =
  | { readonly kind: 'utf8'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'bool'; readonly values: readonly (boolean | null)[] }
  | {
      readonly kind: 'number';
      readonly type: NumberType;
      readonly values: NumberArray;
      /** Rows without a value; their place in `values` holds zero. */
      readonly nulls: ReadonlySet<number>;
    }
  | {
      readonly kind: 'fixedSizeList';
      readonly type: NumberType;
      readonly size: number;
      readonly values: NumberArray;
    }
  | { readonly kind: 'list'; readonly type: NumberType; readonly values: readonly NumberArray[] };

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Strings; `null` where there is none. */
export function utf8(values: readonly (string | null)[]): Column {
  return { kind: 'utf8', values };
}

/** Booleans; `null` where there is none. */
export function bool(values: readonly (boolean | null)[]): Column {
  return { kind: 'bool', values };
}

/**
 * Numbers of one element type. A typed array is used without copying; plain numbers must fit the type
 * (integers in range; any number for floats), and may be `null`.
 */
export function numbers<T extends NumberType>(
  type: T,
  values: NumberArrays[T] | readonly (number | null)[],
): Column {
  if (ArrayBuffer.isView(values)) {
    return { kind: 'number', type, values: expectArray(type, values), nulls: new Set() };
  }
  const nulls = new Set<number>();
  values.forEach((value, row) => {
    if (value === null) nulls.add(row);
  });
  const present = values.map((value) => value ?? 0);
  return { kind: 'number', type, values: pack(type, present), nulls };
}

/** Lists that all have `size` elements; `values` holds them one after the other. // [rows, size] */
export function fixedSizeList<T extends NumberType>(
  type: T,
  size: number,
  values: NumberArrays[T],
): Column {
  if (!Number.isInteger(size) || size < 1 || values.length % size !== 0) {
    throw new RangeError(`${values.length} values do not divide into lists of ${size}`);
  }
  return { kind: 'fixedSizeList', type, size, values: expectArray(type, values) };
}

/** Lists of any length, one per row. */
export function list<T extends NumberType>(
  type: T,
  values: readonly (NumberArrays[T] | readonly number[])[],
): Column {
  return {
    kind: 'list',
    type,
    values: values.map((row) =>
      ArrayBuffer.isView(row) ? expectArray(type, row) : pack(type, row),
    ),
  };
}

/** An array of `length` zeros of a type. */
export function zeros(type: NumberType, length: number): NumberArray {
  return new ARRAYS[type](length);
}

function expectArray(type: NumberType, values: ArrayBufferView): NumberArray {
  if (!(values instanceof ARRAYS[type])) {
    throw new TypeError(`a ${values.constructor.name} does not hold ${type} values`);
  }
  return values;
}

function pack(type: NumberType, values: readonly number[]): NumberArray {
  const array = zeros(type, values.length);
  values.forEach((value, i) => {
    if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an exact integer`);
      array[i] = BigInt(value);
      if (array[i] !== BigInt(value)) throw new RangeError(`${value} does not fit ${type}`);
    } else {
      array[i] = value;
      const isFloat = type === 'float32' || type === 'float64';
      if (!isFloat && array[i] !== value) throw new RangeError(`${value} does not fit ${type}`);
    }
  });
  return array;
}
