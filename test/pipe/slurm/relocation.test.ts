import { expect, test } from 'vitest';
import { relocate } from '../../../src/pipe/slurm/relocation.ts';
import type { Job } from '../../../src/pipe/workers/executor.ts';

test('every path of a job lies below the folder of a node, also in the words of a command', () => {
  const job: Job = {
    instance: 'fit',
    module: 'fit',
    env: {},
    params: { path: '/p/data' },
    inputs: { one: { path: '/p/a' }, many: [{ path: '/x/b', axes: { n: '1' } }] },
    folder: '/c/work/out',
    outputs: {},
    checkpoint: '/c/work/checkpoint',
    log: '/c/work/log',
    attempt: 1,
    threads: 1,
    gpus: 0,
    timeout: undefined,
    reads: [],
    command: {
      argv: ['/usr/bin/python3', '/p/fit.py', '--out=/c/work/out/m', '/p', '/other/p/x', '/pp/x'],
    },
  };
  const moved = relocate(job, '/tmp/n', ['/p', '/c']);
  expect(moved).toEqual({
    ...job,
    inputs: { one: { path: '/tmp/n/p/a' }, many: [{ path: '/tmp/n/x/b', axes: { n: '1' } }] },
    folder: '/tmp/n/c/work/out',
    checkpoint: '/tmp/n/c/work/checkpoint',
    log: '/tmp/n/c/work/log',
    command: {
      argv: [
        '/usr/bin/python3',
        '/tmp/n/p/fit.py',
        '--out=/tmp/n/c/work/out/m',
        '/tmp/n/p',
        '/other/p/x',
        '/pp/x',
      ],
    },
  });
});
