import type { ActionRecord } from '../cache/action-log.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Digest } from '../core/digest.ts';
import { fields, message, text, varint } from './protobuf.ts';

/**
 * What a remote cache keeps of an action, in the form that caches of Bazel's kind check: an
 * `ActionResult` of the Remote Execution API, version 2
 * (`build/bazel/remote/execution/v2/remote_execution.proto`). `stdout_raw` holds the rest as JSON.
 */
export type RemoteRecord = Omit<ActionRecord, 'key' | 'instance'>;

/** Numbers of the fields, as that file has them. */
const OUTPUT_FILES = 2;
const STDOUT_RAW = 5;
const FILE_PATH = 1;
const FILE_DIGEST = 2;
const DIGEST_HASH = 1;
const DIGEST_SIZE = 2;

export function encodeActionResult({ outputs, ...rest }: RemoteRecord): Buffer {
  const files = outputs.map(({ name, digest, size }) => {
    // Zero is what a field is that is not there.
    const length = size === 0 ? [] : [varint(DIGEST_SIZE, size)];
    const sum = Buffer.concat([message(DIGEST_HASH, digest), ...length]);
    return message(
      OUTPUT_FILES,
      Buffer.concat([message(FILE_PATH, name), message(FILE_DIGEST, sum)]),
    );
  });
  return Buffer.concat([...files, message(STDOUT_RAW, JSON.stringify(rest))]);
}

/** @returns `undefined` for anything that is not what `encodeActionResult` makes */
export function decodeActionResult(bytes: Buffer): RemoteRecord | undefined {
  try {
    const outputs: OutputRecord[] = [];
    let rest: Partial<RemoteRecord> = {};
    for (const field of fields(bytes)) {
      if (field.number === OUTPUT_FILES) outputs.push(decodeFile(text(field)));
      if (field.number === STDOUT_RAW) rest = JSON.parse(text(field).toString('utf8'));
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
    if (field.number === FILE_PATH) name = text(field).toString('utf8');
    if (field.number !== FILE_DIGEST) continue;
    for (const part of fields(text(field))) {
      if (part.number === DIGEST_HASH) digest = text(part).toString('utf8');
      if (part.number === DIGEST_SIZE) size = Number(part.value);
    }
  }
  // It becomes the name of a file.
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error('no digest');
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('no size');
  return { name, digest: digest as Digest, size };
}

function isMetrics(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite),
  );
}

/** It is printed, and written to the lock file. */
function isLabel(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
