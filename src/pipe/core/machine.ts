import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';

/** The machine as run records describe it. */
export interface Machine {
  readonly host: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    host: hostname(),
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.version,
  };
}

/**
 * What decides how floating-point results are rounded, as far as it can be told from here: numeric libraries
 * choose their kernels by the processor. Virtual machines may give processors of several generations one
 * name, so on Linux family, model and vector instructions count too.
 */
export function machineType({ platform, cpu }: Machine, cpuinfo = readCpuinfo()): string {
  return [platform, cpu, ...linuxProcessor(cpuinfo)].join(', ');
}

let here: string | undefined;

/** Type of the machine that this process runs on. */
export function thisMachineType(): string {
  here ??= machineType(describeMachine());
  return here;
}

/** What Linux says of the first processor; undefined elsewhere. */
function readCpuinfo(): string | undefined {
  try {
    const file = openSync('/proc/cpuinfo', 'r');
    try {
      // Of each processor it takes a while to find out.
      const text = Buffer.alloc(8192);
      return text.toString('utf8', 0, readSync(file, text));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function linuxProcessor(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'mi').exec(text)?.[1] ?? '';
  const flags = (field('flags') || field('features')).split(' ');
  const vector = flags.filter((flag) =>
    /^(sse|ssse|avx|fma|amx|asimd|sve|sme|bf16|i8mm)/.test(flag),
  );
  const digest = createHash('sha256').update(vector.sort().join(' ')).digest('hex');
  const part = field('cpu part');
  return [
    ...(part === ''
      ? [`family ${field('cpu family')}`, `model ${field('model')}`]
      : [`part ${part}`]),
    `vector ${digest.slice(0, 8)}`,
  ];
}

/** GPUs as CUDA names them: as many as `SHATTER_GPUS` says, of those that this process may see. */
export function gpuIds(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const count = Number(env.SHATTER_GPUS ?? 0);
  const visible = env.CUDA_VISIBLE_DEVICES;
  const all = visible?.split(',') ?? Array.from({ length: count }, (_, id) => String(id));
  return all.slice(0, count);
}
