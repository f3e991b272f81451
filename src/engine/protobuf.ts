/**
 * A protobuf writer of just what ONNX needs: length-delimited fields, varints and 32-bit floats
 * (https://protobuf.dev/programming-guides/encoding). The generated library for ONNX is 22 MB.
 */
export type Field = readonly Uint8Array[];

const varint = (value: number | bigint): number[] => {
  // Negative numbers take ten bytes, as 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
};

/** An integer, enum or boolean field. */
export const integer = (field: number, value: number | bigint): Field => [
  Uint8Array.from([...varint(field << 3), ...varint(value)]),
];

/** A float field. */
export const float = (field: number, value: number): Field => [
  Uint8Array.from(varint((field << 3) | 5)),
  new Uint8Array(Float32Array.of(value).buffer),
];

/** A string, bytes or embedded message, given by its parts. */
export const delimited = (
  field: number,
  content: string | Uint8Array | readonly Field[],
): Field => {
  const parts =
    typeof content === 'string'
      ? [Buffer.from(content)]
      : content instanceof Uint8Array
        ? [content]
        : content.flat();
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return [Uint8Array.from([...varint((field << 3) | 2), ...varint(length)]), ...parts];
};

export const message = (fields: readonly Field[]): Uint8Array =>
  new Uint8Array(Buffer.concat(fields.flat()));
