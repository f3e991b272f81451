import { stageEnvironment } from '../core/environment.ts';

/** What a tool says, or why it says nothing. */
export type ToolAnswer =
  | { readonly output: string }
  | { readonly problem: string; readonly hint: string };

/** Milliseconds after which a tool is given up. */
const TIMEOUT = 30_000;

/** Runs a command that tells a version; both of its streams count, as some write it to the second. */
export async function askTool(
  words: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<ToolAnswer> {
  // Loaded by projects that have tools.
  const { execa } = await import('execa');
  const [program, ...args] = words;
  const result = await execa(program, args, {
    cwd,
    env: stageEnvironment(environment),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: TIMEOUT,
  });
  const { all, exitCode, shortMessage = '' } = result;
  const shown = words.join(' ');
  if (exitCode === 0) return { output: all.trim() };
  if (result.timedOut) {
    const problem = `the tool '${shown}' says nothing for ${TIMEOUT / 1000} s`;
    return { problem, hint: 'name a command that prints a version and ends' };
  }
  if (exitCode === undefined) {
    const problem = `the tool '${shown}' cannot be started: ${reason(result.code, shortMessage)}`;
    return { problem, hint: `install ${program}, or add its folder to PATH` };
  }
  const last = all.trim().split('\n').at(-1) ?? '';
  const problem = `the tool '${shown}' failed with exit code ${exitCode}${last && `: ${last}`}`;
  return { problem, hint: 'run it by hand in the root of the project' };
}

function reason(code: string | undefined, message: string): string {
  if (code === 'ENOENT') return 'there is no such program';
  return code === 'EACCES' ? 'it may not be executed' : message;
}
