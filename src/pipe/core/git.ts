import { execa } from 'execa';

/** What git answered. */
interface GitAnswer {
  /** Whether git could be asked and did not refuse. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds; a repository that takes longer to look at is not worth waiting for. */
const TIMEOUT = 10_000;

/** Characters; this program reads no larger file from a repository. */
const MAX_OUTPUT = 1 << 28;

/** Asks git about the repository that a folder is in. Never throws: where there is no git the answer says so. */
export async function git(folder: string, ...args: readonly string[]): Promise<GitAnswer> {
  const {
    failed,
    stdout,
    stderr,
    shortMessage = '',
  } = await execa('git', args, {
    cwd: folder,
    timeout: TIMEOUT,
    maxBuffer: MAX_OUTPUT,
    stdin: 'ignore',
    stripFinalNewline: false,
    reject: false,
  });
  const hasReason = !failed || stderr.trim() !== '';
  return { ok: !failed, stdout, stderr: hasReason ? stderr : shortMessage };
}
