import { execFile } from 'node:child_process';

/** What git answered. */
export interface GitAnswer {
  /** Whether it could be asked and did not refuse. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds; a repository that takes longer to look at is not worth waiting for. */
const TIMEOUT = 10_000;

/** Bytes; a larger file is none that this program reads from a repository. */
const MAX_OUTPUT = 1 << 28;

/** Asks git about the repository that a folder is in. Never throws: where there is no git it says so. */
export async function git(folder: string, ...args: readonly string[]): Promise<GitAnswer> {
  const options = { cwd: folder, timeout: TIMEOUT, maxBuffer: MAX_OUTPUT };
  return await new Promise((resolve) => {
    const child = execFile('git', args, options, (error, stdout, stderr) => {
      const why = stderr.trim() === '' && error !== null ? error.message : stderr;
      resolve({ ok: error === null, stdout, stderr: why });
    });
    child.stdin?.end();
  });
}
