import { type ActionKey, type Digest, digestText } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import { canonicalJson } from '../core/json.ts';
import { thisRuntime } from '../core/machine.ts';
import type { Around } from '../inputs/raw-inputs.ts';
import type { Coordinates } from '../pipeline/contract.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';

/** Increase to give the same work another key. */
const FORMAT = 1;

/** One named input: the digest of the artifact, or of several with where they come from. */
export type InputFingerprint =
  | { readonly name: string; readonly digest: Digest }
  | {
      readonly name: string;
      readonly gathered: readonly { readonly axes: Coordinates; readonly digest: Digest }[];
    };

/** All that the result of an instance depends on. */
export interface Fingerprint {
  /** `stages/<module>.ts` */
  readonly module: string;
  /** Digest of the module's code. */
  readonly code: string;
  readonly params: Json;
  /** Of artifacts, then of raw data. */
  readonly inputs: readonly InputFingerprint[];
  /** Platform and major version of Node, as `thisRuntime` says; left out by older versions. */
  readonly runtime?: string;
  /** Environment variables that the stage declares; left out if it declares none. */
  readonly env?: Readonly<Record<string, string | null>>;
}

/** One output of an action: a file, or a tree, which is a folder or a single executable file. */
export interface OutputRecord {
  readonly name: string;
  /** Of the file's bytes; of a tree that of its manifest, see `formatTree`. */
  readonly digest: Digest;
  /** Bytes, of all files together. */
  readonly size: number;
  /** Bytes of the manifest; left out for a plain file. */
  readonly tree?: number;
}

/** What fingerprints call every command: its declaration is part of its code. */
const COMMAND = 'command';

/**
 * @param around what it reads besides artifacts; `undefined` as long as some is missing
 * @param outputsOf outputs of upstream instances
 * @param where the runtime of the result: that of this process unless it is one recorded elsewhere
 * @returns `undefined` as long as an input is not known
 */
export function fingerprintOf(
  instance: Instance,
  code: string,
  around: Around | undefined,
  outputsOf: (id: InstanceId) => readonly OutputRecord[] | undefined,
  where: { readonly runtime?: string | undefined } = { runtime: thisRuntime() },
): Fingerprint | undefined {
  if (around === undefined) return undefined;
  const inputs: InputFingerprint[] = [];
  for (const { name, arity, sources } of instance.inputs) {
    const gathered: { axes: Coordinates; digest: Digest }[] = [];
    for (const { instance: upstream, output, axes } of sources) {
      const digest = outputsOf(upstream)?.find((made) => made.name === output)?.digest;
      if (digest === undefined) return undefined;
      gathered.push({ axes, digest });
    }
    // A single artifact comes without coordinates: the stage cannot see them.
    inputs.push(arity === 'one' ? { name, digest: gathered[0].digest } : { name, gathered });
  }
  inputs.push(...around.raw);
  const module = instance.command === undefined ? instance.module : COMMAND;
  return {
    module,
    code,
    params: instance.params,
    inputs,
    ...(around.env === undefined ? {} : { env: around.env }),
    ...(where.runtime === undefined ? {} : { runtime: where.runtime }),
  };
}

/** Instances with equal keys do equal work. */
export function actionKey(fingerprint: Fingerprint): ActionKey {
  const { module, code, params, inputs, env, runtime } = fingerprint;
  const flat = inputs.map((input) =>
    'digest' in input
      ? `${input.name}=${input.digest}`
      : `${input.name}=[${input.gathered.map(({ axes, digest }) => `${canonicalJson(axes)}${digest}`).join()}]`,
  );
  // Bindings may be written in any order.
  const content = `${FORMAT}\n${module}\n${code}\n${canonicalJson(params)}\n${flat.sort().join('\n')}`;
  const variables = env === undefined ? '' : `\nenv ${canonicalJson(env)}`;
  const where = runtime === undefined ? '' : `\nruntime ${runtime}`;
  return digestText(content + variables + where) as string as ActionKey;
}
