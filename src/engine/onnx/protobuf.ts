import { constants } from 'node:buffer';

const INITIAL_BYTES = 2 ** 16;
/** Most bytes that a field number takes together with a length or a 64-bit number. */
const MAX_HEADER_BYTES = 20;
/** The largest varint of one byte, and the last ASCII character. */
const MAX_ONE_BYTE = 127;

/**
 * Writes the parts of protobuf that ONNX needs: length-delimited fields, varints and 32-bit floats
 * (https://protobuf.dev/programming-guides/encoding). The generated library for ONNX takes 22 MB.
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  /** An integer, enum or boolean field. */
  integer(field: number, value: number): void {
    this.#reserve(MAX_HEADER_BYTES);
    this.#varint(field << 3);
    this.#varint(value);
  }

  /** A float field. */
  float(field: number, value: number): void {
    this.#reserve(MAX_HEADER_BYTES);
    this.#varint((field << 3) | 5);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  /** A string field. */
  text(field: number, value: string): void {
    if (value.length > MAX_ONE_BYTE || !this.#ascii(field, value)) {
      this.bytes(field, Buffer.from(value));
    }
  }

  /** A field of bytes. */
  bytes(field: number, value: Uint8Array): void {
    this.#reserve(MAX_HEADER_BYTES + value.byteLength);
    this.#varint((field << 3) | 2);
    this.#varint(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  /** An embedded message, written by `write`. */
  message(field: number, write: () => void): void {
    this.#reserve(MAX_HEADER_BYTES);
    this.#varint((field << 3) | 2);
    // The length comes first but is known last. It mostly fits the one byte left for it here.
    const start = ++this.#length;
    write();
    const size = this.#length - start;
    const more = varintBytes(size) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(start + more, start, this.#length);
    }
    this.#length = start - 1;
    this.#varint(size);
    this.#length += size;
  }

  /** The bytes written so far. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  /**
   * Writes a short text if it is ASCII, as names are; a loop is faster for those than native functions.
   *
   * @returns whether it did
   */
  #ascii(field: number, value: string): boolean {
    const { length } = value;
    this.#reserve(MAX_HEADER_BYTES + length);
    const before = this.#length;
    this.#varint((field << 3) | 2);
    this.#varint(length);
    const start = this.#length;
    this.#length += length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > MAX_ONE_BYTE) {
        this.#length = before;
        return false;
      }
      this.#bytes[start + i] = code;
    }
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const twice = Math.min(2 * this.#bytes.length, constants.MAX_LENGTH);
    const larger = Buffer.allocUnsafe(Math.max(needed, twice));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #varint(value: number): void {
    let at = this.#length;
    if (value >= 0 && value < 2 ** 31) {
      let rest = value;
      for (; rest > 127; rest >>>= 7) this.#bytes[at++] = (rest & 127) | 128;
      this.#bytes[at++] = rest;
    } else {
      // Negative numbers take ten bytes, as 64-bit two's complement.
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.#bytes[at++] = Number(rest & 127n) | 128;
      this.#bytes[at++] = Number(rest);
    }
    this.#length = at;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
