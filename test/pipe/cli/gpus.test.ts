import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { gpuIds } from '../../../src/pipe/core/machine.ts';
import { PipeProject, stage } from './pipe.ts';

/** Equal work would be done once. */
const sees = (who: string) =>
  stage(`writeFileSync(outputs.out, '${who} ' + process.env.CUDA_VISIBLE_DEVICES);`);

const project = new PipeProject(
  {
    'pipeline.yaml': `
axes: { n: [1, 2] }
stages:
  pair: { matrix: [n], resources: { gpus: 1 } }
  both: { matrix: [], resources: { gpus: 2 } }
  greedy: { matrix: [], resources: { gpus: 8 } }
  none: { matrix: [] }
`,
    'stages/both.ts': sees('both'),
    'stages/greedy.ts': sees('greedy'),
    'stages/none.ts': sees(`none ' + process.env.TF_NUM_INTRAOP_THREADS + '`),
  },
  { PIPE_GPUS: '2', CUDA_VISIBLE_DEVICES: '9,10,7' },
);
afterAll(() => project.remove());

const seen = (path: string) =>
  readFileSync(join(project.root, 'artifacts', path, 'out.txt'), 'utf8');

test('instances that run at a time have GPUs of their own, of those that the run may use', () => {
  // Each waits for the other.
  project.write(
    'stages/pair.ts',
    stage(
      `
      const flag = (n: number) => '${join(project.root, 'flag')}' + n;
      writeFileSync(flag(params.n), '');
      while (!existsSync(flag(3 - params.n))) await new Promise((done) => setTimeout(done, 10));
      writeFileSync(outputs.out, process.env.CUDA_VISIBLE_DEVICES);`,
      { params: ['n'] },
    ),
  );
  expect(project.pipe('run', '--jobs', '4').status).toBe(0);
  expect([seen('pair/n=1'), seen('pair/n=2')].sort()).toEqual(['10', '9']);
  expect(seen('both')).toBe('both 9,10');
  expect(seen('greedy')).toBe('greedy 9,10');
  expect(seen('none')).toBe('none 1 9,10,7');
}, 60_000);

test('there are as many GPUs as PIPE_GPUS says, of those that can be seen', () => {
  expect(gpuIds({}, 0)).toEqual([]);
  expect(gpuIds({ PIPE_GPUS: '2' }, 0)).toEqual(['0', '1']);
  expect(gpuIds({ PIPE_GPUS: '2', CUDA_VISIBLE_DEVICES: '3' }, 0)).toEqual(['3']);
  expect(gpuIds({ CUDA_VISIBLE_DEVICES: '3' }, 0)).toEqual([]);
});

test('without PIPE_GPUS there are as many GPUs as the driver lists and the process may see', () => {
  expect(gpuIds({}, 2)).toEqual(['0', '1']);
  expect(gpuIds({ PIPE_GPUS: '1' }, 2)).toEqual(['0']);
  expect(gpuIds({ PIPE_GPUS: '0' }, 2)).toEqual([]);
  expect(gpuIds({ CUDA_VISIBLE_DEVICES: '1' }, 2)).toEqual(['1']);
  for (const none of ['', '-1']) expect(gpuIds({ CUDA_VISIBLE_DEVICES: none }, 2)).toEqual([]);
});
