import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';

/** A machine as described in run records. */
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
 * What runs a stage's code: `linux-x64, node 22`. It is in every action key, because another platform or
 * major version of Node may give the same code another meaning.
 */
export function runtimeOf({ platform, node }: Pick<Machine, 'platform' | 'node'>): string {
  return `${platform}, node ${node.slice(1, node.indexOf('.'))}`;
}

/** The runtime of this process, and of the workers that it starts. */
export function thisRuntime(): string {
  const { platform, arch, version } = process;
  return runtimeOf({ platform: `${platform}-${arch}`, node: version });
}

/**
 * Identifies machines that round floating-point results alike: a runtime, and a processor, by which numeric
 * libraries choose their kernels. Virtual machines may report one name for several generations of
 * processors, so on Linux the type includes family, model and vector instructions.
 */
export function machineType(machine: Machine, cpuinfo = readCpuinfo()): string {
  return [runtimeOf(machine), machine.cpu, ...linuxProcessor(cpuinfo)].join(', ');
}

let cachedType: string | undefined;

/** Type of the machine that this process runs on. */
export function thisMachineType(): string {
  cachedType ??= machineType(describeMachine());
  return cachedType;
}

/** Linux's description of the first processor; `undefined` elsewhere. */
function readCpuinfo(): string | undefined {
  try {
    const file = openSync('/proc/cpuinfo', 'r');
    try {
      // Not the whole file: Linux takes a while to describe every processor.
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

/**
 * CUDA's names of the GPUs to use: the first `PIPE_GPUS` of those visible to this process, or all of NVIDIA's.
 *
 * @param listed GPUs that the driver lists
 */
export function gpuIds(
  env: NodeJS.ProcessEnv = process.env,
  listed = gpusOfDriver(),
): readonly string[] {
  const count = Number(env.PIPE_GPUS ?? listed);
  const visible = env.CUDA_VISIBLE_DEVICES?.split(',').filter((id) => id !== '' && id !== '-1');
  const all = visible ?? Array.from({ length: count }, (_, id) => String(id));
  return all.slice(0, count);
}

function gpusOfDriver(): number {
  try {
    return readdirSync('/proc/driver/nvidia/gpus').length;
  } catch {
    return 0;
  }
}

/** Changes at every boot of the machine; empty if unknown. */
export function currentBoot(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim();
}

/** Text of a file of the system; empty if it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
