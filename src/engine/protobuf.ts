/**
 * A protobuf writer of just what ONNX needs: length-delimited fields, varints and 32-bit floats
 * (https://protobuf.dev/programming-guides/encoding). The generated library for ONNX is 22 MB.
 */
export type Field = readonly Uint8Array[];

const varint = (value: number | bigint): number[] => {
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) return smallVarint(value);
  // Negative numbers take ten bytes, as 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
};

/** Nearly all are lengths and field numbers: worth a path without big integers. */
const smallVarint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
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

/** Messages up to this size become one array, so that their parts are not handled again. */
const SMALL_BYTES = 4096;

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
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const header = [...varint((field << 3) | 2), ...varint(length)];
  if (length > SMALL_BYTES) return [Uint8Array.from(header), ...parts];
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  let at = header.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return [whole];
};

export const message = (fields: readonly Field[]): Uint8Array =>
  new Uint8Array(Buffer.concat(fields.flat()));
