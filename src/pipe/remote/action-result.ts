import protobuf from 'protobufjs/light.js';
import * as z from 'zod';
import type { ActionRecord } from '../cache/action-log.ts';
import type { Digest } from '../core/digest.ts';

/**
 * What a remote cache stores of an action. It is encoded as an `ActionResult` of the Remote Execution
 * API, version 2 (`build/bazel/remote/execution/v2/remote_execution.proto`), which Bazel's caches
 * validate. Everything except the outputs is JSON in `stdout_raw`.
 */
export type RemoteRecord = Omit<ActionRecord, 'key' | 'instance'>;

/** The part of the .proto file that is used. */
const MESSAGES = protobuf.Root.fromJSON({
  nested: {
    Digest: { fields: { hash: { type: 'string', id: 1 }, size: { type: 'int64', id: 2 } } },
    OutputFile: { fields: { path: { type: 'string', id: 1 }, digest: { type: 'Digest', id: 2 } } },
    ActionResult: {
      fields: {
        outputFiles: { rule: 'repeated', type: 'OutputFile', id: 2 },
        stdoutRaw: { type: 'bytes', id: 5 },
      },
    },
  },
});
const ACTION_RESULT = MESSAGES.lookupType('ActionResult');

/** Strict, because digests become file names, and machines are printed and written to the lock file. */
const RECORD = z.object({
  outputs: z.array(
    z.object({
      name: z.string(),
      digest: z.custom<Digest>((value) => /^[0-9a-f]{64}$/.test(String(value))),
      size: z.int().nonnegative(),
    }),
  ),
  metrics: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  seconds: z.number().nonnegative(),
  machine: z.stringFormat('label', /^[\x20-\x7e]{1,200}$/).optional(),
  finished: z.number().nonnegative(),
});

export function encodeActionResult({ outputs, ...rest }: RemoteRecord): Buffer {
  const outputFiles = outputs.map(({ name, digest, size }) => {
    // Protocol Buffers omit fields that are zero.
    return { path: name, digest: { hash: digest, ...(size === 0 ? {} : { size }) } };
  });
  const stdoutRaw = Buffer.from(JSON.stringify(rest));
  return Buffer.from(ACTION_RESULT.encode({ outputFiles, stdoutRaw }).finish());
}

/** @returns `undefined` unless the bytes are a valid record */
export function decodeActionResult(bytes: Uint8Array): RemoteRecord | undefined {
  try {
    const result = ACTION_RESULT.toObject(ACTION_RESULT.decode(bytes), {
      longs: Number,
      defaults: true,
    });
    const outputs = result.outputFiles.map(({ path, digest }: typeof result) => {
      return { name: path, digest: digest.hash, size: digest.size };
    });
    const rest = JSON.parse(result.stdoutRaw.toString('utf8'));
    return RECORD.parse({ ...rest, outputs }) as RemoteRecord;
  } catch {
    return undefined;
  }
}
