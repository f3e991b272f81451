import { byte, encodeFlatBuffer, type Field, type Fields, int, long, short } from './flatbuffer.ts';

/** A column as it lies in a file. */
export interface Column {
  readonly type: keyof typeof TYPES;
  /** Rows. */
  readonly length: number;
  readonly nullCount: number;
  /** Which rows hold something, a bit each, empty if all do; where each text begins and the last ends; values. */
  readonly buffers: readonly Uint8Array[];
}

/** Number of a type among those that there are, and what more there is to say of it. */
const TYPES = {
  int32: [2, [int(32), byte(1)]],
  float64: [3, [short(2)]],
  utf8: [5, []],
  bool: [6, []],
} as const satisfies Readonly<Record<string, readonly [number, Fields]>>;

const MAGIC = Buffer.from('ARROW1\0\0');
const CONTINUATION = 0xffffffff;
/** Of the format, by the number that it is written as. */
const VERSION = short(4);
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
  const schema = schemaOf(columns, metadata);
  const buffers: [number, number][] = [];
  const body: Uint8Array[] = [];
  let bodyLength = 0;
  for (const buffer of all.flatMap((column) => column.buffers)) {
    buffers.push([bodyLength, buffer.length]);
    const padding = Buffer.alloc(-buffer.length & (ALIGNMENT - 1));
    body.push(buffer, padding);
    bodyLength += buffer.length + padding.length;
  }
  const length = all[0]?.length ?? 0;
  const nodes = all.map((column) => [column.length, column.nullCount]);
  const batch: Fields = [long(length), { structs: nodes }, { structs: buffers }];
  const declared = message(SCHEMA, schema, 0);
  const head = message(RECORD_BATCH, batch, bodyLength);
  const block = [MAGIC.length + declared.length, head.length, bodyLength];
  const footer = encodeFlatBuffer([
    VERSION,
    { table: schema },
    { structs: [] },
    { structs: [block] },
  ]);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  return Buffer.concat([
    MAGIC,
    declared,
    head,
    ...body,
    prefix(0),
    footer,
    end,
    MAGIC.subarray(0, 6),
  ]);
}

function schemaOf(
  columns: Readonly<Record<string, Column>>,
  metadata: Readonly<Record<string, string>>,
): Fields {
  const fields = Object.entries(columns).map(([name, { type, nullCount }]): Fields => {
    const [kind, details] = TYPES[type];
    const isNullable = byte(nullCount > 0 ? 1 : 0);
    return [{ text: name }, isNullable, byte(kind), { table: details }, undefined, { tables: [] }];
  });
  const entries = Object.entries(metadata).map((entry) => entry.map((text): Field => ({ text })));
  const littleEndian = short(0);
  return [littleEndian, { tables: fields }, { tables: entries }];
}

function message(kind: number, header: Fields, bodyLength: number): Buffer {
  const bytes = encodeFlatBuffer([VERSION, byte(kind), { table: header }, long(bodyLength)]);
  return Buffer.concat([prefix(bytes.length), bytes]);
}

/** What a message begins with; of no bytes it says that there is none. */
function prefix(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(CONTINUATION);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}
