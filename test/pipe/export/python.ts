import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';

/**
 * A Python with a package, in a virtual environment that is made where that is possible.
 * @returns its path; `undefined`, with a word why, where there is none
 */
export function pythonWith(name: string): string | undefined {
  const folder = join(tmpdir(), `shatter-python-${name}`);
  const python = join(folder, 'bin/python');
  const has = () =>
    existsSync(python) && !execaSync(python, ['-c', `import ${moduleOf(name)}`], QUIET).failed;
  if (has()) return python;
  execaSync('python3', ['-m', 'venv', folder], QUIET);
  if (existsSync(python)) {
    execaSync(python, ['-m', 'pip', 'install', '--quiet', name], { ...QUIET, timeout: 240_000 });
  }
  if (has()) return python;
  console.warn(`no Python with ${name}: what it reads is not checked`);
  return undefined;
}

const QUIET = { reject: false, stdio: 'ignore' } as const;

function moduleOf(name: string): string {
  return name === 'mlflow-skinny' ? 'mlflow' : name;
}
