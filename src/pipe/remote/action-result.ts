import type { ActionRecord } from '../cache/action-log.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Digest } from '../core/digest.ts';
import { bytesField, bytesOf, fields, varint } from './protobuf.ts';

/**
 * What a remote cache stores of an action. It is encoded as an `ActionResult` of the Remote Execution
 * API, version 2 (`build/bazel/remote/execution/v2/remote_execution.proto`), which Bazel's caches
 * validate. Everything except the outputs is JSON in `stdout_raw`.
 */
export type RemoteRecord = Omit<ActionRecord, 'key' | 'instance'>;

/** Field numbers of the .proto file. */
const OUTPUT_FILES = 2;
const STDOUT_RAW = 5;
const FILE_PATH = 1;
const FILE_DIGEST = 2;
const DIGEST_HASH = 1;
const DIGEST_SIZE = 2;

export function encodeActionResult({ outputs, ...rest }: RemoteRecord): Buffer {
  const files = outputs.map(({ name, digest, size }) => {
    // Protocol Buffers omit fields that are zero.
    const sizeField = size === 0 ? [] : [varint(DIGEST_SIZE, size)];
    const digestFields = Buffer.concat([bytesField(DIGEST_HASH, digest), ...sizeField]);
    const file = [bytesField(FILE_PATH, name), bytesField(FILE_DIGEST, digestFields)];
    return bytesField(OUTPUT_FILES, Buffer.concat(file));
  });
  return Buffer.concat([...files, bytesField(STDOUT_RAW, JSON.stringify(rest))]);
}

/** @returns `undefined` unless the bytes are a valid record */
export function decodeActionResult(bytes: Buffer): RemoteRecord | undefined {
  try {
    const outputs: OutputRecord[] = [];
    let rest: Partial<RemoteRecord> = {};
    for (const field of fields(bytes)) {
      if (field.number === OUTPUT_FILES) outputs.push(decodeFile(bytesOf(field)));
      if (field.number === STDOUT_RAW) rest = JSON.parse(bytesOf(field).toString('utf8'));
    }
    const { seconds, finished, metrics, machine } = rest;
    if (!isTime(seconds) || !isTime(finished)) return undefined;
    if (metrics !== undefined && !isMetrics(metrics)) return undefined;
    if (machine !== undefined && !isLabel(machine)) return undefined;
    return {
      outputs,
      ...(metrics === undefined ? {} : { metrics }),
      seconds,
      ...(machine === undefined ? {} : { machine }),
      finished,
    };
  } catch {
    return undefined;
  }
}

function decodeFile(bytes: Buffer): OutputRecord {
  let name = '';
  let digest = '';
  let size = 0;
  for (const field of fields(bytes)) {
    if (field.number === FILE_PATH) name = bytesOf(field).toString('utf8');
    if (field.number !== FILE_DIGEST) continue;
    for (const part of fields(bytesOf(field))) {
      if (part.number === DIGEST_HASH) digest = bytesOf(part).toString('utf8');
      if (part.number === DIGEST_SIZE) size = Number(part.value);
    }
  }
  // Strict, because the digest becomes a file name.
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error('not a digest');
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('not a size');
  return { name, digest: digest as Digest, size };
}

function isMetrics(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite),
  );
}

/** Printable, because it is shown and written to the lock file. */
function isLabel(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
