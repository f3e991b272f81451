import { afterAll, expect, test } from 'vitest';
import { assertOnCluster } from '../../../src/pipe/cli/shell/options.ts';
import { PipeProject, stage } from '../cli/pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'axes: { n: [1, 2, 3, 4, 5, 6, 7, 8] }\nstages: { wait: { matrix: [n] } }\n',
  'stages/wait.ts': stage(
    "await new Promise((resolve) => setTimeout(resolve, 100)); writeFileSync(outputs.out, 'x' + params.n);",
    { params: ['n'] },
  ),
  'site.yaml': 'workers: 8\n',
});

afterAll(() => project.remove());

test('what is said about a cluster where none is to be used is wrong usage', () => {
  const { status, stderr } = project.pipe('run', '--site', 'site.yaml');
  expect(stderr).toContain('--site is about a cluster');
  expect(stderr).toContain('fix: add --on slurm');
  expect(status).toBe(2);
  expect(() => assertOnCluster({ detach: true })).toThrow('--detach is about a cluster');
  expect(() => assertOnCluster({ on: 'slurm', site: 'a', detach: true })).not.toThrow();
  expect(() => assertOnCluster({})).not.toThrow();
});

test('an estimate for the cluster is for as many jobs as the site file allows there', () => {
  expect(project.pipe('run', '--jobs', '1').status).toBe(0);
  const ask = (...args: readonly string[]) => {
    const { stdout } = project.pipe('run', '--force', '--dry-run', ...args);
    const [, seconds, jobs] = /about (.*) s with (.*) at a time/.exec(stdout) ?? [];
    return { seconds: Number(seconds), jobs };
  };
  const on = ['--on', 'slurm', '--site', 'site.yaml'];
  const [many, one] = [ask(...on), ask(...on, '--jobs', '1')];
  expect([many.jobs, one.jobs]).toEqual(['8 jobs', '1 job']);
  expect(many.seconds).toBeLessThan(one.seconds);
  // A mistake in the site file is told although there is nothing to do.
  const { status, stderr } = project.pipe('run', '--on', 'slurm', '--site', 'none.yaml');
  expect(stderr).toContain(`there is no site file ${project.root}/none.yaml`);
  expect(status).toBe(2);
});
