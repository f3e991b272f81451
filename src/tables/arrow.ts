import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Apache Arrow from the single file that its package also contains: its 150 modules take a tenth of
 * a second to load, longer than most stages run and the runner takes to start.
 */
const arrow = require('apache-arrow/Arrow.esnext.min') as typeof import('apache-arrow');

export const {
  Bool,
  DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} = arrow;
