import { execaSync } from 'execa';

/** A Python with PyTorch: `$PYTHON`, the one on the path, or Debian's; undefined if none has it. */
export function pythonWithTorch(): string | undefined {
  return [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
    (python) => python && !execaSync(python, ['-c', 'import torch'], { reject: false }).failed,
  );
}
