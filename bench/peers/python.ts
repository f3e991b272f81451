import { spawnSync } from 'node:child_process';

/** A Python that has PyTorch: `$PYTHON`, the one on the path, or Debian's. Undefined where none has. */
export function pythonWithTorch(): string | undefined {
  return [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
    (python) => python && spawnSync(python, ['-c', 'import torch']).status === 0,
  );
}
