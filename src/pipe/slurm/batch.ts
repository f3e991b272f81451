import { join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import type { Job } from '../workers/executor.ts';
import { quote, scriptOf } from './job-script.ts';
import type { Submission } from './scheduler.ts';
import type { Site } from './site.ts';

/** Bytes that an agent needs besides its stage. */
const OWN_MEMORY = 200e6;
/** Milliseconds for which an agent takes more work, besides the time of a single instance. */
const SERVICE = 600_000;

/** What the jobs of a batch are given; instances that need the same are of one class. */
export interface Needs {
  readonly cpus: number;
  /** Bytes; 0 for what the cluster gives. */
  readonly memory: number;
  readonly gpus: number;
  /** Milliseconds that one instance may take; 0 for no limit. */
  readonly time: number;
}

/** Equal jobs that are submitted at once. */
export interface Batch {
  /** Unique; part of the names of its slots. */
  readonly id: string;
  readonly needs: Needs;
  readonly size: number;
}

/** What an agent is started with, as JSON. */
export interface AgentSettings {
  /** Where it meets the coordinator. */
  readonly folder: string;
  readonly batch: string;
  readonly root: string;
  readonly stages: string;
  /** Milliseconds. */
  readonly idle: number;
  /** Milliseconds. */
  readonly grace: number;
  /** Milliseconds. */
  readonly lease: number;
  /** Where the nodes see nothing of the project. */
  readonly remote?: RemoteSettings;
}

/** How an agent gets what it needs, and is heard, through a remote cache. */
export interface RemoteSettings {
  readonly url: string;
  /** Of the code. */
  readonly archives: readonly Digest[];
  /** Path of the agent's program below the folder that they are unpacked in. */
  readonly program: string;
  /** Of the project and its cache, on the coordinator's machine. */
  readonly roots: readonly string[];
  /** The folder that they are unpacked in, once they are. */
  readonly at?: string;
}

/** How jobs start on nodes that see nothing of the project. */
export interface Apart {
  readonly remote: RemoteSettings;
  /** Text of the program that fetches the agent's. */
  readonly bootstrap: string;
  /** What messages are signed with. */
  readonly secret: string;
}

/** Variable of an agent's environment: arguments can be seen by all users of a node. */
export const SECRET = 'PIPE_SLURM_SECRET';

/** @param doubled whether twice the memory is given */
export function needsOf(
  { threads, memory, gpus, time }: Pick<Job, 'threads' | 'memory' | 'gpus' | 'time'>,
  site: Site,
  doubled: boolean,
): Needs {
  const own = memory ?? site.memory ?? 0;
  return { cpus: threads, memory: doubled ? 2 * own : own, gpus, time: time ?? 0 };
}

export function classOf({ cpus, memory, gpus, time }: Needs): string {
  return [cpus, memory, gpus, time].join(' ');
}

/** Milliseconds that a job of a class may take; `undefined` for what the partition gives. */
export function limitOf({ time }: Needs, site: Site): number | undefined {
  return time === 0 ? site.time : time + SERVICE;
}

/** Names of the slots of a batch: each is the place of one agent. */
export function slotsOf({ id, size }: Pick<Batch, 'id' | 'size'>): readonly string[] {
  return Array.from({ length: size }, (_, task) => slotOf(id, String(task)));
}

export function slotOf(batch: string, task: string): string {
  return `${batch}-${task}`;
}

/**
 * Of the job in which an agent is.
 * @param isApart whether nodes do not see the folder: then it is on the node
 */
export function logOf(folder: string, slot: string, isApart = false): string {
  return isApart ? `/tmp/pipe-${slot}.log` : join(folder, 'log', `${slot}.log`);
}

/**
 * What to submit for a batch.
 *
 * @param name by which the jobs are asked for
 * @param program path of the agent's program
 * @param most jobs that may run at a time
 * @param apart how they start where the nodes see nothing of the project
 */
export function submissionOf(
  { id, needs, size }: Batch,
  name: string,
  most: number,
  program: string,
  settings: AgentSettings,
  site: Site,
  apart?: Apart,
): Submission {
  const limit = limitOf(needs, site);
  const minutes = limit === undefined ? undefined : Math.ceil(limit / 60_000);
  // Slurm looks at time limits every half minute.
  const ahead = Math.min(site.warning / 1000, ((minutes ?? 60) * 60) / 2);
  const isApart = apart !== undefined;
  const log = logOf(settings.folder.replaceAll('%', '%%'), slotOf(id, '%a'), isApart);
  const options = [
    `--array=0-${size - 1}%${Math.max(1, most)}`,
    `--job-name=${name}`,
    `--comment=${id}`,
    '--no-requeue',
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${needs.cpus}`,
    ...(needs.memory === 0 ? [] : [`--mem=${Math.ceil((needs.memory + OWN_MEMORY) / 2 ** 20)}M`]),
    ...(needs.gpus === 0 ? [] : [site.gpu.replaceAll('{n}', String(needs.gpus))]),
    ...(minutes === undefined ? [] : [`--time=${minutes}`]),
    `--signal=B:USR2@${Math.ceil(ahead)}`,
    `--chdir=${isApart ? '/' : settings.root}`,
    `--output=${log}`,
    '--open-mode=append',
    ...(['partition', 'account', 'qos'] as const).flatMap((key) =>
      site[key] === undefined ? [] : [`--${key}=${site[key]}`],
    ),
    ...site.extra,
  ];
  const node = site.node ?? process.execPath;
  const start =
    apart === undefined
      ? [`exec ${quote(node)} ${quote(program)} ${quote(JSON.stringify(settings))}`]
      : startApart(node, settings, apart);
  return { script: scriptOf(site, process.env.PATH ?? '', start), options };
}

function startApart(
  node: string,
  settings: AgentSettings,
  { remote, bootstrap, secret }: Apart,
): readonly string[] {
  const told = quote(JSON.stringify({ ...settings, remote }));
  return [
    `export ${SECRET}=${secret}`,
    `exec ${quote(node)} --input-type=module - ${told} <<'END-OF-BOOTSTRAP'`,
    bootstrap.trimEnd(),
    'END-OF-BOOTSTRAP',
  ];
}
