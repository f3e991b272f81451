import { execa } from 'execa';

/** The result of a git command. */
interface GitAnswer {
  /** Whether git is installed and succeeded. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds; slower repositories are not waited for. */
const TIMEOUT = 10_000;

/** Characters; this program reads no larger file from a repository. */
const MAX_OUTPUT = 1 << 28;

/** Runs git in a folder. Never throws: without git the answer says so. */
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
