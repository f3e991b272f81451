import { homedir, tmpdir } from 'node:os';

/**
 * The environment of stages and tools: few variables, most of them fixed, so that results do not depend on who
 * runs them.
 *
 * @param names of further variables, declared by the stage
 */
export function stageEnvironment(
  environment: NodeJS.ProcessEnv,
  names: readonly string[] = [],
): Record<string, string> {
  const own = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: environment.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: environment.HOME ?? homedir(),
    TMPDIR: tmpdir(),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    ...Object.fromEntries(own),
  };
}
