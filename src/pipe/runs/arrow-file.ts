import { Builder, type Offset } from 'flatbuffers';

/** A column as it lies in a file. */
export interface Column {
  readonly type: keyof typeof TYPES;
  /** Rows. */
  readonly length: number;
  readonly nullCount: number;
  /** Which rows hold something, a bit each, empty if all do; where each text begins and the last ends; values. */
  readonly buffers: readonly Uint8Array[];
}

/** A field of a FlatBuffers table, to be written in its place. */
type Field = (to: Builder, place: number) => void;

const byte =
  (value: number): Field =>
  (to, place) =>
    to.addFieldInt8(place, value, null);
const short =
  (value: number): Field =>
  (to, place) =>
    to.addFieldInt16(place, value, null);
const int =
  (value: number): Field =>
  (to, place) =>
    to.addFieldInt32(place, value, null);
const long =
  (value: number): Field =>
  (to, place) =>
    to.addFieldInt64(place, BigInt(value), null);
const reference =
  (value: Offset): Field =>
  (to, place) =>
    to.addFieldOffset(place, value, 0);
const absent: Field = () => {};

/** Number of a type among those that there are, and what more there is to say of it. */
const TYPES = {
  int32: [2, [int(32), byte(1)]],
  float64: [3, [short(2)]],
  utf8: [5, []],
  bool: [6, []],
} as const satisfies Readonly<Record<string, readonly [number, readonly Field[]]>>;

const MAGIC = Buffer.from('ARROW1\0\0');
const CONTINUATION = 0xffffffff;
/** Of the format, by the number that it is written as. */
const VERSION = short(4);
const LITTLE_ENDIAN = short(0);
/** Kinds of messages. */
const [SCHEMA, RECORD_BATCH] = [1, 3];
const ALIGNMENT = 8;

/**
 * An Arrow IPC file with one record batch. Written without the library, which takes longer to load than all else that
 * is to be written after an edit.
 *
 * Format: arrow.apache.org/docs/format/Columnar.html#ipc-file-format, and Schema.fbs, Message.fbs, File.fbs there
 */
export function encodeArrowFile(
  columns: Readonly<Record<string, Column>>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const all = Object.values(columns);
  const buffers: [number, number][] = [];
  const body: Uint8Array[] = [];
  let bodyLength = 0;
  for (const buffer of all.flatMap((column) => column.buffers)) {
    buffers.push([bodyLength, buffer.length]);
    const padding = Buffer.alloc(-buffer.length & (ALIGNMENT - 1));
    body.push(buffer, padding);
    bodyLength += buffer.length + padding.length;
  }
  const schema = (to: Builder) => schemaOf(to, columns, metadata);
  const batch = (to: Builder) => {
    const nodes = structs(
      to,
      all.map(({ length, nullCount }) => [length, nullCount]),
    );
    const length = long(all[0]?.length ?? 0);
    return table(to, length, reference(nodes), reference(structs(to, buffers)));
  };
  const declared = message(SCHEMA, schema, 0);
  const head = message(RECORD_BATCH, batch, bodyLength);
  const footer = flatBuffer((to) => {
    const block = [MAGIC.length + declared.length, head.length, bodyLength];
    const blocks = structs(to, [block]);
    return table(to, VERSION, reference(schema(to)), absent, reference(blocks));
  });
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  const parts = [MAGIC, declared, head, ...body, prefix(0), footer, end, MAGIC.subarray(0, 6)];
  return Buffer.concat(parts);
}

function schemaOf(
  to: Builder,
  columns: Readonly<Record<string, Column>>,
  metadata: Readonly<Record<string, string>>,
): Offset {
  const fields = Object.entries(columns).map(([name, { type, nullCount }]) => {
    const [kind, details] = TYPES[type];
    const isNullable = byte(nullCount > 0 ? 1 : 0);
    const text = reference(to.createString(name));
    const children = reference(references(to, []));
    return table(
      to,
      text,
      isNullable,
      byte(kind),
      reference(table(to, ...details)),
      absent,
      children,
    );
  });
  const entries = Object.entries(metadata).map((entry) =>
    table(to, ...entry.map((text) => reference(to.createString(text)))),
  );
  return table(
    to,
    LITTLE_ENDIAN,
    reference(references(to, fields)),
    reference(references(to, entries)),
  );
}

/** A table of fields by their number in the schema; what they refer to is there already. */
function table(to: Builder, ...fields: readonly Field[]): Offset {
  to.startObject(fields.length);
  for (const [place, write] of fields.entries()) write(to, place);
  return to.endObject();
}

function references(to: Builder, offsets: readonly Offset[]): Offset {
  to.startVector(4, offsets.length, 4);
  // A builder writes from the end.
  for (const offset of offsets.toReversed()) to.addOffset(offset);
  return to.endVector();
}

/** A vector of structs of so many 64-bit numbers each. */
function structs(to: Builder, rows: readonly (readonly number[])[]): Offset {
  to.startVector(8 * (rows[0]?.length ?? 0), rows.length, 8);
  for (const number of rows.flat().toReversed()) to.addInt64(BigInt(number));
  return to.endVector();
}

function message(kind: number, header: (to: Builder) => Offset, bodyLength: number): Buffer {
  const bytes = flatBuffer((to) =>
    table(to, VERSION, byte(kind), reference(header(to)), long(bodyLength)),
  );
  return Buffer.concat([prefix(bytes.length), bytes]);
}

/** A buffer of so many eighths of bytes that what follows is aligned, as it itself is. */
function flatBuffer(root: (to: Builder) => Offset): Buffer {
  const to = new Builder();
  to.finish(root(to));
  const bytes = to.asUint8Array();
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1))]);
}

/** What a message begins with; of no bytes it says that there is none. */
function prefix(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(CONTINUATION);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}
