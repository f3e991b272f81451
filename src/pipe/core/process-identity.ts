import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as told from all others, also from a later one that got the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine; empty where it cannot be known. */
  readonly boot: string;
  /** When the process began, in the system's own words; empty where it cannot be known. */
  readonly started: string;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, host: hostname(), boot: currentBoot(), started: startTime(pid) };
}

/** Whether the process still runs. Of one on another machine that cannot be known: it counts as alive. */
export function isAlive({ pid, host, boot, started }: ProcessIdentity): boolean {
  if (host !== hostname()) return true;
  if (boot !== currentBoot() || !exists(pid)) return false;
  const now = startTime(pid);
  return started === '' || now === '' || started === now;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Changes with every start of the machine; empty where it cannot be known. */
export function currentBoot(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim();
}

function startTime(pid: number): string {
  if (process.platform === 'linux') {
    const stat = readText(`/proc/${pid}/stat`);
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended: only its parent has not taken notice.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  }
  if (process.platform === 'win32') return '';
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
