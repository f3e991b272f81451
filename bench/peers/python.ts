import { execaSync } from 'execa';

/** A Python that has a package: `$PYTHON`, the one on the path, or Debian's; undefined if none has it. */
export function pythonWith(name: 'torch' | 'jax'): string | undefined {
  return [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
    (python) => python && !execaSync(python, ['-c', `import ${name}`], { reject: false }).failed,
  );
}
