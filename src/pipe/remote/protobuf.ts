/**
 * A field in Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), of one of the
 * two types that an `ActionResult` uses: varint (bigint) and length-delimited (bytes).
 */
export interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export function varint(number: number, value: number): Buffer {
  return Buffer.concat([encodeVarint((number << 3) | VARINT), encodeVarint(value)]);
}

/** A length-delimited field: a string or a nested message. */
export function bytesField(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([encodeVarint((number << 3) | BYTES), encodeVarint(bytes.length), bytes]);
}

/** @throws {RangeError} if the bytes are truncated or not a message */
export function* fields(bytes: Buffer): IterableIterator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = decodeVarint(bytes, at);
    const number = Number(tag >> 3n);
    const kind = Number(tag & 7n);
    if (kind === VARINT) {
      const [value, end] = decodeVarint(bytes, start);
      yield { number, value };
      at = end;
    } else if (kind === BYTES) {
      const [length, from] = decodeVarint(bytes, start);
      const end = from + Number(length);
      if (end > bytes.length) throw new RangeError('the message is truncated');
      yield { number, value: bytes.subarray(from, end) };
      at = end;
    } else if (kind === FIXED64 || kind === FIXED32) {
      at = start + (kind === FIXED64 ? 8 : 4);
    } else throw new RangeError(`unknown wire type ${kind}`);
  }
}

/** The bytes of a length-delimited field. @throws {RangeError} */
export function bytesOf({ value }: Field): Buffer {
  if (typeof value === 'bigint') throw new RangeError('expected bytes, not a number');
  return value;
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

function decodeVarint(bytes: Buffer, start: number): readonly [value: bigint, end: number] {
  let value = 0n;
  for (let at = start; at < Math.min(bytes.length, start + 10); at += 1) {
    value |= BigInt(bytes[at] & 127) << BigInt(7 * (at - start));
    if (bytes[at] < 128) return [value, at + 1];
  }
  throw new RangeError('the message is truncated');
}
