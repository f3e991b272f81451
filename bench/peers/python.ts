import { spawnSync } from 'node:child_process';

/** A Python with PyTorch: `$PYTHON`, the one on the path, or Debian's; undefined if none has it. */
export function pythonWithTorch(): string | undefined {
  return [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
    (python) => python && spawnSync(python, ['-c', 'import torch']).status === 0,
  );
}
