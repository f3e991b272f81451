/** Numbers of a two-dimensional NumPy array, row by row. */
export interface NpyArray {
  readonly rows: number;
  readonly columns: number;
  /** // [rows, columns] */
  readonly values: Float32Array;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/**
 * Reads a NumPy file (format versions 1 to 3) of float16, float32 or float64 numbers in little-endian
 * order, of two dimensions, row- or column-major.
 *
 * @throws RangeError if it is something else
 */
export function parseNpy(bytes: Buffer): NpyArray {
  if (!bytes.subarray(0, 6).equals(MAGIC)) throw new RangeError('not a NumPy file');
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  const length = isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.toString('latin1', start, start + length);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? 'no type';
  const shape = /'shape':\s*\(([^)]*)\)/
    .exec(header)?.[1]
    .split(',')
    .map((part) => part.trim());
  const sizes = (shape ?? []).filter((part) => part !== '').map(Number);
  if (sizes.length !== 2) throw new RangeError(`an array of ${sizes.length} dimensions, not of 2`);
  const [rows, columns] = sizes;
  const read = NUMBERS[type as keyof typeof NUMBERS];
  if (read === undefined) {
    throw new RangeError(`numbers of type '${type}': wanted ${Object.keys(NUMBERS).join(', ')}`);
  }
  const data = bytes.subarray(start + length);
  const wanted = rows * columns * Number(type.slice(-1));
  if (data.length < wanted) throw new RangeError(`truncated: ${data.length} of ${wanted} bytes`);
  const byColumn = /'fortran_order':\s*True/.test(header);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = byColumn ? column * rows + row : row * columns + column;
      values[row * columns + column] = read(data, at);
    }
  }
  return { rows, columns, values };
}

const NUMBERS = {
  '<f2': (data: Buffer, at: number) => halfOf(data.readUInt16LE(2 * at)),
  '<f4': (data: Buffer, at: number) => data.readFloatLE(4 * at),
  '<f8': (data: Buffer, at: number) => data.readDoubleLE(8 * at),
} as const;

/** The number that 16 bits stand for (IEEE 754 binary16). */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
