/** Where this process was started. */
export const PROJECT_ROOT: string = process.cwd();

/** Environment of this process when it was started. */
export const ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  ),
);

/** Puts back what stages may change in their process and Node lets be put back. */
export function restoreProcess(): void {
  const { env } = process;
  for (const name of Object.keys(env)) if (!Object.hasOwn(ENVIRONMENT, name)) delete env[name];
  for (const [name, value] of Object.entries(ENVIRONMENT)) {
    // To set the time zone, be it the same, costs much.
    if (env[name] !== value) env[name] = value;
  }
  process.chdir(PROJECT_ROOT);
  process.exitCode = undefined;
  performance.clearMarks();
  performance.clearMeasures();
}
