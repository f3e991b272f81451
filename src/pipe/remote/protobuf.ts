/**
 * The two kinds of field that an `ActionResult` is made of, in Protocol Buffers' wire format
 * (protobuf.dev/programming-guides/encoding): varints, and bytes with their length before them.
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
  return Buffer.concat([integer((number << 3) | VARINT), integer(value)]);
}

/** A field of bytes: text, or another message. */
export function message(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([integer((number << 3) | BYTES), integer(bytes.length), bytes]);
}

/** @throws {RangeError} when the bytes end too early or are no such message */
export function* fields(bytes: Buffer): IterableIterator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = read(bytes, at);
    const number = Number(tag >> 3n);
    const kind = Number(tag & 7n);
    if (kind === VARINT) {
      const [value, end] = read(bytes, start);
      yield { number, value };
      at = end;
    } else if (kind === BYTES) {
      const [length, from] = read(bytes, start);
      const end = from + Number(length);
      if (end > bytes.length) throw new RangeError('the message is cut off');
      yield { number, value: bytes.subarray(from, end) };
      at = end;
    } else if (kind === FIXED64 || kind === FIXED32) {
      at = start + (kind === FIXED64 ? 8 : 4);
    } else throw new RangeError(`no field is of kind ${kind}`);
  }
}

/** The bytes of a field that has some. @throws {RangeError} */
export function text({ value }: Field): Buffer {
  if (typeof value === 'bigint') throw new RangeError('a number where bytes should be');
  return value;
}

function integer(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

function read(bytes: Buffer, start: number): readonly [value: bigint, end: number] {
  let value = 0n;
  for (let at = start; at < Math.min(bytes.length, start + 10); at += 1) {
    value |= BigInt(bytes[at] & 127) << BigInt(7 * (at - start));
    if (bytes[at] < 128) return [value, at + 1];
  }
  throw new RangeError('the message is cut off');
}
