import protobuf from 'protobufjs/light.js';
import * as z from 'zod';
import type { ActionRecord } from '../cache/action-log.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { TreeFile } from '../cache/tree.ts';
import type { Digest } from '../core/digest.ts';

/**
 * What a remote cache stores of an action. It is encoded as an `ActionResult` of the Remote Execution
 * API, version 2 (`build/bazel/remote/execution/v2/remote_execution.proto`), which Bazel's caches
 * validate. Everything except the outputs is JSON in `stdout_raw`. Of a tree the manifest is the output; its
 * files are listed too, below its name, so that a cache keeps them as long as the record.
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
      tree: z.int().nonnegative().optional(),
    }),
  ),
  metrics: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  seconds: z.number().nonnegative(),
  flops: z.number().nonnegative().optional(),
  machine: z.stringFormat('label', /^[\x20-\x7e]{1,200}$/).optional(),
  node: z.stringFormat('version', /^v[\w.+-]{1,50}$/).optional(),
  finished: z.number().nonnegative(),
});

/** @param filesOf the files of an output that is a tree */
export function encodeActionResult(
  { outputs, ...rest }: RemoteRecord,
  filesOf: (output: OutputRecord) => readonly TreeFile[] = () => [],
): Buffer {
  const outputFiles = outputs.flatMap((output) => [
    toOutputFile(output.name, output.digest, output.tree ?? output.size),
    ...filesOf(output).map(({ path, digest, size }) =>
      toOutputFile(`${output.name}/${path}`, digest, size),
    ),
  ]);
  const trees = outputs.flatMap(({ name, size, tree }) =>
    tree === undefined ? [] : [[name, size]],
  );
  const content = trees.length === 0 ? rest : { ...rest, trees: Object.fromEntries(trees) };
  const stdoutRaw = Buffer.from(JSON.stringify(content));
  return Buffer.from(ACTION_RESULT.encode({ outputFiles, stdoutRaw }).finish());
}

function toOutputFile(path: string, hash: Digest, size: number) {
  // Protocol Buffers omit fields that are zero.
  return { path, digest: { hash, ...(size === 0 ? {} : { size }) } };
}

/** A text in the form of a record, for caches that take nothing else below `/ac/`. */
export function encodeNote(text: string): Buffer {
  return Buffer.from(ACTION_RESULT.encode({ stdoutRaw: Buffer.from(text) }).finish());
}

/** @returns `undefined` unless the bytes are one */
export function decodeNote(bytes: Uint8Array): string | undefined {
  try {
    const { stdoutRaw } = ACTION_RESULT.toObject(ACTION_RESULT.decode(bytes), { defaults: true });
    return Buffer.from(stdoutRaw).toString('utf8');
  } catch {
    return undefined;
  }
}

/** @returns `undefined` unless the bytes are a valid record */
export function decodeActionResult(bytes: Uint8Array): RemoteRecord | undefined {
  try {
    const result = ACTION_RESULT.toObject(ACTION_RESULT.decode(bytes), {
      longs: Number,
      defaults: true,
    });
    const { trees = {}, ...rest } = JSON.parse(result.stdoutRaw.toString('utf8'));
    const outputs = result.outputFiles.flatMap(({ path, digest }: typeof result) => {
      const { hash, size } = digest;
      if (path.includes('/')) return [];
      if (!Object.hasOwn(trees, path)) return [{ name: path, digest: hash, size }];
      return [{ name: path, digest: hash, size: trees[path], tree: size }];
    });
    return RECORD.parse({ ...rest, outputs }) as RemoteRecord;
  } catch {
    return undefined;
  }
}
