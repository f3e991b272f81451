import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** One node in one run, as ONNX Runtime's profiler reports it. */
export interface NodeEvent {
  readonly op: string;
  readonly ms: number;
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
}

export interface Profile {
  /** Node events of all runs, in the order in which they ran. */
  readonly nodes: readonly NodeEvent[];
  /** Milliseconds inside ONNX Runtime, per run. */
  readonly runs: readonly number[];
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** Session options that make ONNX Runtime write a profile when the session is released. */
export function profilingTo(prefix: string) {
  return {
    enableProfiling: true,
    profileFilePrefix: prefix,
  };
}

/** Reads and removes the profile of a session with `profilingTo(prefix)`. */
export function takeProfile(prefix: string): Profile {
  const folder = dirname(prefix);
  const file = readdirSync(folder).find((name) => name.startsWith(`${basename(prefix)}_`));
  if (file === undefined) throw new Error(`onnxruntime wrote no profile ${prefix}_*.json`);
  const events: TraceEvent[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  rmSync(join(folder, file));
  const inOrder = events.toSorted((a, b) => a.ts - b.ts);
  const shapes = (list: readonly Readonly<Record<string, readonly number[]>>[] = []) =>
    list.flatMap((one) => Object.values(one));
  return {
    nodes: inOrder
      .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
      .map(({ dur, args = {} }) => ({
        op: args.op_name ?? '',
        ms: dur / 1e3,
        inputs: shapes(args.input_type_shape),
        outputs: shapes(args.output_type_shape),
      })),
    runs: inOrder.filter(({ name }) => name === 'model_run').map(({ dur }) => dur / 1e3),
  };
}
