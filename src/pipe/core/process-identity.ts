import { hostname } from 'node:os';
import { execaSync } from 'execa';
import { currentBoot, readText } from './machine.ts';

/** Identifies a process, even if a later one reuses its id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes at every boot of the machine; empty if unknown. */
  readonly boot: string;
  /** When the process started, in the system's format; empty if unknown. */
  readonly started: string;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, host: hostname(), boot: currentBoot(), started: startTime(pid) };
}

/** Whether the process still runs. Processes on other machines count as alive. */
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

function startTime(pid: number): string {
  if (process.platform === 'linux') {
    const stat = readText(`/proc/${pid}/stat`);
    // The name in parentheses may contain spaces; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, but its parent has not noticed yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  }
  if (process.platform === 'win32') return '';
  const options = ['-o', 'lstart=', '-p', String(pid)];
  const { stdout = '' } = execaSync('ps', options, { reject: false });
  return stdout.trim();
}
