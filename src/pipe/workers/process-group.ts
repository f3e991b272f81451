import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readText } from '../core/machine.ts';

/**
 * Options with which execa starts a process that leads a group of its own: what it starts belongs to the
 * group too, and is ended with it. Only what asks the system for a session of its own (`setsid`) leaves it.
 */
export const OWN_GROUP = { detached: true } as const;

/** A killed process that waits for a disk takes a moment to end: times 1 ms. */
const ROUNDS = 500;

/** Sends a signal to every process of a group; there may be none left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  signalProcess(-leader, signal);
}

/** A moment when this process had started nothing. */
export interface Quiet {
  /** Processor seconds of its children until then. */
  readonly seconds: number;
  readonly reaped: number;
  /** Id of the process that the system started last. */
  readonly lastPid: number;
  /** Of `performance.now()`. */
  readonly time: number;
}

export function quietMoment(): Quiet {
  const stat = statOf('self');
  const [reaped, seconds] = [reapedIn(stat), secondsIn(stat)];
  return { seconds, reaped, lastPid: lastPid(), time: performance.now() };
}

/**
 * Ends what this process, the leader of its group, has started and what those have started.
 *
 * @param isByMain whether nothing but the main thread has started any
 * @returns number of processes that were running, and processor seconds of all that it started since then
 */
export async function endFollowers(
  since: Quiet,
  isByMain: boolean,
): Promise<{ readonly running: number; readonly seconds: number }> {
  // To list all processes takes milliseconds; most stages start none, or a program that soon ends.
  if (process.platform === 'linux' && !hasChildren(isByMain)) {
    const stat = statOf('self');
    const none = { running: 0, seconds: secondsIn(stat) - since.seconds };
    if (reapedIn(stat) === since.reaped) return none;
    const recent = recentPids(since);
    if (recent !== undefined && !recent.some(isFollower)) return none;
  }
  const ended = new Set<number>();
  // One that is just being killed may have started another.
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await followers();
    if (found.length === 0) break;
    for (const pid of found) {
      ended.add(pid);
      signalProcess(pid, 'SIGKILL');
    }
    await delay(1);
  }
  return { running: ended.size, seconds: secondsOfChildren() - since.seconds };
}

/**
 * The ids that were given to processes since a moment: Linux counts them upwards.
 * @returns `undefined` if they are not known or many, as after a time in which they may have started again
 */
function recentPids({ lastPid: first, time }: Quiet): readonly number[] | undefined {
  const count = lastPid() - first;
  if (count <= 0 || count > MANY || performance.now() - time > SHORT) return undefined;
  return Array.from({ length: count }, (_, i) => first + 1 + i);
}

/** More ids than this take as long to look at as all processes. */
const MANY = 64;

/** Milliseconds in which no machine starts as many processes as there are ids, 32,768 or more. */
const SHORT = 500;

/** 0 where the system does not say. */
function lastPid(): number {
  return Number(readText('/proc/loadavg').trim().split(' ').at(-1));
}

/** Grows on Linux whenever a child of this process has ended: page faults of those that were waited for. */
function reapedIn(stat: readonly string[]): number {
  return Number(stat[CHILD_FAULTS] ?? 0);
}

/** Processor seconds of all children that have ended and been waited for; 0 where no system says. */
export function secondsOfChildren(): number {
  return secondsIn(statOf('self'));
}

function secondsIn(stat: readonly string[]): number {
  return (Number(stat[CHILD_USER] ?? 0) + Number(stat[CHILD_SYSTEM] ?? 0)) / TICKS;
}

/** Of the clock per second, in which Linux counts. */
const TICKS = 100;

/** Fields of `/proc/PID/stat`, from the state on. */
const STATE = 0;
const GROUP = 2;
const CHILD_FAULTS = 8;
const CHILD_USER = 13;
const CHILD_SYSTEM = 14;

function hasChildren(isByMain: boolean): boolean {
  const tasks = '/proc/self/task';
  try {
    const threads = isByMain ? [process.pid] : readdirSync(tasks);
    return threads.some((id) => readFileSync(`${tasks}/${id}/children`).length > 0);
  } catch {
    // A system that does not say, or a thread that has just ended.
    return true;
  }
}

/** The living processes of the group that this process leads. */
async function followers(): Promise<readonly number[]> {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter(isFollower);
  }
  // Loaded nowhere else in a worker: it would make the start of every program slower.
  const { execa } = await import('execa');
  const { stdout = '' } = await execa('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state=,comm='], {
    reject: false,
  });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([pid, parent, group, state, command]) => {
    const isLister = Number(parent) === process.pid && command.endsWith('ps');
    const isOther = Number(pid) !== process.pid && Number(group) === process.pid;
    return isOther && !isLister && !state.startsWith('Z') ? [Number(pid)] : [];
  });
}

/** Whether a process of Linux is alive and in the group of this one. */
function isFollower(pid: number): boolean {
  // Most that were started a moment ago are gone.
  if (!existsSync(`/proc/${pid}`)) return false;
  const { [GROUP]: group, [STATE]: state } = statOf(String(pid));
  return pid !== process.pid && Number(group) === process.pid && state !== 'Z';
}

/** The name that comes first may contain anything. */
function statOf(process: string): readonly string[] {
  const stat = readText(`/proc/${process}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
