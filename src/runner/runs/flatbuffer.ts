/**
 * A table of the FlatBuffers format: its fields by their number in the schema, `undefined` where one is left out.
 * Numbers go by their bytes: an enumeration and a boolean are bytes too.
 */
export type Field =
  | { readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly text: string }
  | { readonly table: Fields }
  | { readonly tables: readonly Fields[] }
  /** Structs of 64-bit numbers. */
  | { readonly structs: readonly (readonly number[])[] };
export type Fields = readonly (Field | undefined)[];

export const byte = (value: number): Field => ({ bytes: 1, value });
export const short = (value: number): Field => ({ bytes: 2, value });
export const int = (value: number): Field => ({ bytes: 4, value });
export const long = (value: number): Field => ({ bytes: 8, value });

/** Where a table says how far away something is, and all the larger numbers begin at such multiples. */
const REFERENCE = 4;
const ALIGNMENT = 8;

/**
 * A FlatBuffer whose root is a table; its length is a multiple of eight bytes.
 *
 * Format: flatbuffers.dev/internals
 */
export function encodeFlatBuffer(root: Fields): Buffer {
  const writer = new Writer();
  const at = writer.reserve(REFERENCE, ALIGNMENT);
  writer.refer(at, writer.table(root));
  return writer.bytes;
}

/** Writes from the front: what a table refers to comes after it. */
class Writer {
  #bytes = Buffer.alloc(1 << 12);
  #end = 0;

  get bytes(): Buffer {
    this.reserve(0, ALIGNMENT);
    return this.#bytes.subarray(0, this.#end);
  }

  /** @returns the place of so many zeros */
  reserve(size: number, alignment: number): number {
    const start = alignedTo(alignment, this.#end);
    this.#end = start + size;
    while (this.#end > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    }
    return start;
  }

  refer(from: number, to: number): void {
    this.#bytes.writeUInt32LE(to - from, from);
  }

  table(fields: Fields): number {
    const index = this.reserve(2 * (2 + fields.length), 2);
    // The first reference of a table is that to its index.
    let size = REFERENCE;
    const places = fields.map((field) => {
      if (field === undefined) return 0;
      const width = 'bytes' in field ? field.bytes : REFERENCE;
      const place = alignedTo(width, size);
      size = place + width;
      return place;
    });
    const table = this.reserve(size, ALIGNMENT);
    for (const [i, number] of [2 * (2 + fields.length), size, ...places].entries()) {
      this.#bytes.writeUInt16LE(number, index + 2 * i);
    }
    this.#bytes.writeInt32LE(table - index, table);
    for (const [i, field] of fields.entries()) {
      if (field === undefined) continue;
      const place = table + places[i];
      if ('bytes' in field) this.#number(field.value, field.bytes, place);
      else this.refer(place, this.#target(field));
    }
    return table;
  }

  #target(field: Exclude<Field, { bytes: number }>): number {
    if ('table' in field) return this.table(field.table);
    if ('text' in field) return this.#text(field.text);
    if ('tables' in field) {
      const { tables } = field;
      const start = this.#vector(tables.length, REFERENCE, REFERENCE);
      for (const [i, fields] of tables.entries()) {
        const place = start + REFERENCE * (1 + i);
        this.refer(place, this.table(fields));
      }
      return start;
    }
    const numbers = field.structs.flat();
    const width = field.structs.length === 0 ? 0 : numbers.length / field.structs.length;
    const start = this.#vector(field.structs.length, 8 * width, ALIGNMENT);
    for (const [i, number] of numbers.entries()) this.#number(number, 8, start + 4 + 8 * i);
    return start;
  }

  /** @returns the place of the number of elements, after which they come */
  #vector(length: number, width: number, alignment: number): number {
    // It is the elements that are aligned.
    this.#end = alignedTo(alignment, this.#end + 4) - 4;
    const start = this.reserve(4 + length * width, 4);
    this.#bytes.writeUInt32LE(length, start);
    return start;
  }

  #text(text: string): number {
    const bytes = Buffer.from(text);
    // A zero follows that its length does not count.
    const start = this.#vector(bytes.length + 1, 1, 4);
    this.#bytes.writeUInt32LE(bytes.length, start);
    bytes.copy(this.#bytes, start + 4);
    return start;
  }

  #number(value: number, bytes: number, place: number): void {
    if (bytes === 8) this.#bytes.writeBigInt64LE(BigInt(value), place);
    else this.#bytes.writeIntLE(value, place, bytes);
  }
}

function alignedTo(alignment: number, place: number): number {
  return Math.ceil(place / alignment) * alignment;
}
