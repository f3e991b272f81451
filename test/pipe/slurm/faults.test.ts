import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { stage } from '../cli/pipe.ts';
import { ClusterProject, lastRun, type Running } from './projects.ts';

const why = whyNoCluster();
/** Where memory is limited by the kernel. */
const cgroups = existsSync('/sys/fs/cgroup/memory') || existsSync('/sys/fs/cgroup/memory.pressure');
vi.setConfig({ maxConcurrency: 20, testTimeout: 300_000 });

describe.skipIf(why !== '')(`faults of a real cluster${why && `: skipped, ${why}`}`, () => {
  let cluster: Cluster;
  const projects: ClusterProject[] = [];

  beforeAll(async () => {
    const settings = { NODES: '2', CPUS: '16', MEMORY: '16000', GPUS: '2' };
    cluster = await Cluster.start({ ...settings, CGROUPS: cgroups ? '1' : '0' });
  });
  afterAll(async () => {
    await cluster.stop();
    for (const one of projects) one.remove();
  });

  function project(count: string, n = '[1]', site = ''): ClusterProject {
    const one = new ClusterProject(cluster, count, n, site);
    projects.push(one);
    return one;
  }

  const gated = (site = '') =>
    project('params: { steps: 10, gate: true }, retries: 1, backoff: 1ms', '[1]', site);
  const openGate = (one: ClusterProject) => one.write('gate', '');
  const nameOf = ({ root }: ClusterProject) => readFileSync(join(root, 'cache/slurm/name'), 'utf8');
  const made = ({ root }: ClusterProject) =>
    readFileSync(join(root, 'artifacts/total/out.txt'), 'utf8');

  async function expectDone(one: ClusterProject, run: Running): Promise<string> {
    const { status, stdout, stderr } = await run.ended;
    expect(`${status} ${stderr}`, stdout).toBe('0 ');
    expect(lastRun(one.root).every(({ attempts }) => attempts <= 1)).toBe(true);
    return stdout;
  }

  async function jobOf(one: ClusterProject): Promise<string> {
    const lines = await cluster.slurm('squeue', '-h', '-r', '-o', '%A', `--name=${nameOf(one)}`);
    return lines.trim().split('\n')[0];
  }

  test.concurrent('instances that need a GPU see one each, of those that Slurm has given their jobs', async () => {
    const one = project(
      'params: { steps: 1 }, resources: { gpus: 1 }',
      '[1, 2]',
      "extra: ['--nodelist=n1']\n",
    );
    one.write(
      'stages/count.ts',
      stage(
        `
        writeFileSync(outputs.out, process.env.CUDA_VISIBLE_DEVICES ?? 'none');
        // Until both have one.
        const [all, own] = [join(process.cwd().split('/cache/')[0], 'seen'), String(params.n)];
        const { mkdirSync, readdirSync } = await import('node:fs');
        mkdirSync(join(all, own), { recursive: true });
        while (readdirSync(all).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));`,
        { params: ['steps', 'n'] },
      ),
    );
    await expectDone(one, one.onCluster());
    expect(made(one).split(',').sort()).toEqual(['0', '1']);
  });

  test.concurrent('a job that an administrator requeues is made again by another, and its second start leaves', async () => {
    const one = gated();
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    const job = await jobOf(one);
    await cluster.slurm('scontrol', 'update', `jobid=${job}`, 'requeue=1');
    await cluster.slurm('scontrol', 'requeue', job);
    await run.said(/count\[n=1\] interrupted: its job/);
    openGate(one);
    await expectDone(one, run);
    expect(made(one)).toBe('counted 1 10');
  });

  test
    .skipIf(!cgroups)
    .concurrent(
      'a stage that the kernel kills for its memory is given twice as much, by an agent that lives on',
      async () => {
        const count = 'params: { steps: 3, memory: 600 }, resources: { memory: 300MB }';
        const one = project(count);
        const stdout = await expectDone(one, one.onCluster());
        expect(stdout).toMatch(
          /interrupted: the stage used more memory than its job on n\d has; it is given 600 MB once/,
        );
      },
    );

  test.concurrent('after --detach other commands and a run here go on, and name what is left; the lock of a lost machine is named too', async () => {
    const one = gated();
    const run = one.onCluster('--detach');
    await run.said(/count\[n=1\] started on/);
    run.kill('SIGINT');
    expect((await run.ended).status).toBe(130);
    const left = `a job of an earlier run may still be on the cluster: pipe run --on slurm takes over, scancel --name=${nameOf(one)} ends`;
    expect((await one.begin('status').ended).stdout).toContain(left);
    expect((await one.begin('gc').ended).status).toBe(0);
    const lock = join(one.root, 'cache/lock');
    writeFileSync(
      lock,
      JSON.stringify({
        pid: 1,
        start: '1',
        boot: 'x',
        host: 'lost',
        since: '2026-01-01T00:00:00.000Z',
        token: 'x',
      }),
    );
    const refused = await one.onCluster().ended;
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('cache/lock');
    rmSync(lock);
    openGate(one);
    // Here: the same result, made anew.
    const local = await one.begin('run').ended;
    expect(local.stdout).toContain(`warning: ${left}`);
    expect(made(one)).toBe('counted 1 10');
    expect(local.status).toBe(0);
    // What the agent has made is known by now, and all that is left of it goes.
    const again = await one.onCluster('--force', 'total').ended;
    expect(again.status).toBe(0);
    expect(existsSync(join(one.root, 'cache/slurm'))).toBe(false);
  });

  // The last: all others would be told.
  test('a controller that is killed and started again disturbs nothing that runs', async () => {
    const one = gated();
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    // Slurm saves every few seconds what it knows; of a job that was not saved the next controller knows nothing.
    await cluster.slurm('sbatch', '--hold', '--job-name=submitted-later', '--wrap=true');
    await expect
      .poll(() => cluster.savedJobs().includes('submitted-later'), { timeout: 60_000 })
      .toBe(true);
    cluster.killController();
    await run.said(/warning: Slurm does not answer/);
    await cluster.restart();
    await run.said(/warning: Slurm answers again/);
    openGate(one);
    const { status, stdout } = await run.ended;
    expect(status, stdout).toBe(0);
    expect(stdout).not.toMatch(/failed|interrupted/);
    expect(made(one)).toBe('counted 1 10');
  });
});
