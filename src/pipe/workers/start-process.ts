import { execaNode } from 'execa';
import { stageEnvironment } from '../core/environment.ts';
import { OWN_GROUP, signalGroup } from './process-group.ts';

/** Milliseconds between SIGTERM and SIGKILL. */
export const GRACE = 3000;

/** Milliseconds to wait for output after the end of a process. */
const PATIENCE = 500;

export interface ProcessOptions {
  /** Path of the program. */
  readonly file: string;
  readonly cwd: string;
  /** Cores that its libraries are told to use. */
  readonly threads: number;
  /** The GPUs that it sees; with none, the variable stays as it is. */
  readonly gpus: readonly string[];
  /** Variables besides the usual ones. */
  readonly env: Readonly<Record<string, string>>;
}

/** A Node process with an IPC channel and a group of its own. As a promise it resolves when the process has ended, and never rejects. */
export type NodeProcess = ReturnType<typeof startProcess>;

const FIXED = {
  // The channel as Node has it: what execa puts around messages takes longer than they do.
  ipc: false,
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  extendEnv: false,
  serialization: 'json',
  all: true,
  buffer: false,
  reject: false,
  ...OWN_GROUP,
  // Those of the runner are not meant for the stages.
  nodeOptions: [],
} as const;

/** Starts a process; one that the system refuses to start has no pid. */
export function startProcess({ file, cwd, threads, gpus, env: declared }: ProcessOptions) {
  const { CUDA_VISIBLE_DEVICES } = process.env;
  const env = {
    ...stageEnvironment(process.env),
    ...threadLimits(threads),
    ...(CUDA_VISIBLE_DEVICES === undefined ? {} : { CUDA_VISIBLE_DEVICES }),
    ...declared,
    ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpus.join() }),
  };
  const child = execaNode(file, { ...FIXED, cwd, env });
  child.once('exit', () => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    // A process that left the group may hold these open for ever.
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (child.connected) child.disconnect();
    }, PATIENCE).unref();
  });
  return child;
}

/** Numeric libraries start a thread per core each unless they are limited. */
function threadLimits(threads: number): Readonly<Record<string, string>> {
  const names = [
    ...['OMP', 'OPENBLAS', 'MKL', 'VECLIB_MAXIMUM', 'NUMEXPR'].map((name) => `${name}_NUM_THREADS`),
    ...['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'],
  ];
  return Object.fromEntries(names.map((name) => [name, String(threads)]));
}
