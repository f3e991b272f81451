import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { beginnings, ClusterProject, lastRun, latest, type Running } from './projects.ts';

const why = whyNoCluster();
/** Param of a stage that waits near its end until it is let go. */
const GATE = ', gate: true';
// They mostly wait: for the cluster, and for one another's processes.
vi.setConfig({ maxConcurrency: 20, testTimeout: 400_000 });

function artifacts(project: ClusterProject): Readonly<Record<string, string>> {
  const folder = join(project.root, 'artifacts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'latin1')]),
  );
}

/** Name of a project's jobs. */
function nameOf(project: ClusterProject) {
  return { name: readFileSync(join(project.root, 'cache/slurm/name'), 'utf8') };
}

/** Looks until something is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(50);
}

/** Messages that nobody has read. */
function unread(project: ClusterProject): readonly string[] {
  const folder = join(project.root, 'cache/slurm/out');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Whether progress of the latest run has arrived. */
function isProgressing(project: ClusterProject): boolean {
  return /"type":"progress".*"done":[1-9]/.test(latest(join(project.root, 'cache/journals')));
}

/** Kills the processes of a project's jobs that run a program. */
function kill(project: ClusterProject, program: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, file = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (!file.endsWith(`/${program}`) || !isIn(project.root, pid)) continue;
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Whether a process is of a job in a project. */
function isIn(root: string, pid: string): boolean {
  const place = readlinkSync(`/proc/${pid}/cwd`);
  return place === root || place.startsWith(`${root}/`);
}

describe.skipIf(why !== '')(`on a real cluster${why && `: skipped, ${why}`}`, () => {
  let cluster: Cluster;
  const projects: ClusterProject[] = [];

  beforeAll(async () => {
    cluster = await Cluster.start({ NODES: '4', CPUS: '16', MEMORY: '16000', OVER_MEMORY: '1' });
  });
  afterAll(async () => {
    await cluster.stop();
    for (const one of projects) one.remove();
  });

  function project(count: string, n?: string, site?: string): ClusterProject {
    const one = new ClusterProject(cluster, count, n, site);
    projects.push(one);
    return one;
  }

  test.concurrent('a run on the cluster makes the same bytes under the same keys as one here', async () => {
    const count = 'params: { steps: 3 }';
    const [here, there] = [project(count), project(count)];
    const [local, remote] = [here.begin('run'), there.onCluster()];
    expect((await local.ended).status).toBe(0);
    const { status, stdout } = await remote.ended;
    expect(stdout).toMatch(/count\[n=1\] started on n[12] \(it has no result yet\)/);
    expect(status).toBe(0);
    expect(artifacts(there)).toEqual(artifacts(here));
    expect(artifacts(there)['/total/out.txt']).toBe('counted 1 3,counted 2 3,counted 3 3');
    const keys = (of: ClusterProject) =>
      lastRun(of.root)
        .map(({ instance, key }) => `${instance} ${key}`)
        .sort();
    expect(keys(there)).toEqual(keys(here));
    const { host } = lastRun(there.root)[0];
    expect(host).toEqual({
      node: expect.stringMatching(/^n[1-4]$/),
      job: expect.stringMatching(/^\d+_\d$/),
      queued: expect.any(Number),
    });
    expect(there.pipe('history', 'last').stdout).toContain(host?.job);
    expect(there.pipe('log', 'count[n=2]').stdout).toBe('from 0\n');
    // Nothing is left of the jobs, and nothing has to be done here.
    expect(existsSync(join(there.root, 'cache/slurm'))).toBe(false);
    expect(there.pipe('run').stdout).toContain('nothing to do: 4 instances current');
  });

  test.concurrent('instances that leave nothing behind in a process run in the same one, as here', async () => {
    const one = project('params: { steps: 1 }', '[1, 2, 3, 4]');
    expect((await one.onCluster('--jobs', '1').ended).status).toBe(0);
    const events = latest(join(one.root, 'cache/journals')).trimEnd().split('\n');
    const started = events
      .map((line) => JSON.parse(line))
      .filter(({ type, instance }) => type === 'started' && instance !== 'total');
    expect(started).toHaveLength(4);
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
  });

  /** A project with a single instance, which can be resumed. */
  function counting(steps: number, params = '', site = ''): ClusterProject {
    return project(`params: { steps: ${steps}${params} }, retries: 1, backoff: 1ms`, '[1]', site);
  }

  function logOf(one: ClusterProject, n = 1): string {
    return readFileSync(join(one.root, `cache/logs/count[n=${n}].log`), 'utf8').trim();
  }

  /** Lets what waits near its end go on. */
  function openGate(one: ClusterProject): void {
    one.write('gate', '');
  }

  /** What it has left to be resumed from is the result of an undisturbed run. */
  async function expectDone(one: ClusterProject, run: Running, steps: number): Promise<string> {
    const { status, stdout, stderr } = await run.ended;
    expect(`${status} ${stderr}`, stdout).toBe('0 ');
    expect(artifacts(one)['/count/n=1/out.txt']).toBe(`counted 1 ${steps}`);
    const { attempts } = lastRun(one.root).find(({ instance }) => instance === 'count[n=1]') ?? {};
    expect(attempts).toBe(1);
    return stdout;
  }

  test.concurrent('Ctrl-C cancels, keeps the checkpoint, and leaves no job', async () => {
    const one = counting(10, GATE);
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    const { name } = nameOf(one);
    await until(() => isProgressing(one));
    run.kill('SIGINT');
    expect((await run.ended).status).toBe(130);
    await until(async () => (await cluster.slurm('squeue', '-h', `--name=${name}`)) === '');
    openGate(one);
    const again = one.onCluster();
    await expectDone(one, again, 10);
    expect(logOf(one)).toMatch(/^from [1-9]/);
  });

  test.concurrent('with --detach Ctrl-C leaves the jobs, and the next run attaches to them', async () => {
    const one = counting(10, GATE);
    const run = one.onCluster('--detach');
    await run.said(/count\[n=1\] started on/);
    const { name } = nameOf(one);
    run.kill('SIGINT');
    expect((await run.ended).status).toBe(130);
    expect(await cluster.slurm('squeue', '-h', '-t', 'R', `--name=${name}`)).not.toBe('');
    expect((await run.ended).stdout).toMatch(/^detached after .*: 1 left running/m);
    const again = one.onCluster();
    await again.said(/warning: a job of an earlier run: taken over/);
    openGate(one);
    await expectDone(one, again, 10);
    expect(beginnings(join(one.root, 'gate'))).toEqual(['1 from 0']);
  });

  test.concurrent('what a killed coordinator has begun is taken over, also when it has ended', async () => {
    const one = project('params: { steps: 5, gate: true }', '[1, 2]');
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    await run.said(/count\[n=2\] started on/);
    run.kill('SIGKILL');
    await run.ended;
    openGate(one);
    await until(() => unread(one).filter((text) => text.includes('"type":"result"')).length === 2);
    const again = one.onCluster();
    await expectDone(one, again, 5);
    expect(beginnings(join(one.root, 'gate'))).toEqual(['1 from 0', '2 from 0']);
  });

  test.concurrent('jobs that still wait in the queue are named by status, kept by gc, and taken over by the next run', async () => {
    const one = counting(3, '', 'extra: [--hold]\n');
    const run = one.onCluster('--detach');
    await until(() => existsSync(join(one.root, 'cache/slurm/name')));
    const { name } = nameOf(one);
    const queued = () => cluster.slurm('squeue', '-h', '-o', '%A %T', `--name=${name}`);
    await expect.poll(queued).toMatch(/^\d+ PENDING\n$/);
    const waiting = await queued();
    run.kill('SIGINT');
    expect((await run.ended).status).toBe(130);
    const files = () => readdirSync(join(one.root, 'cache/slurm'), { recursive: true }).sort();
    const left = files();
    expect((await one.begin('status').ended).stdout).toContain(
      `a job of an earlier run may still be on the cluster: pipe run --on slurm takes over, scancel --name=${name} ends`,
    );
    expect((await one.begin('gc').ended).status).toBe(0);
    expect(files()).toEqual(left);
    // Nor is the code pruned that it will start from, though no process uses it.
    const marks = () =>
      readdirSync(join(one.root, 'cache/code/in-use')).filter((name) => name.includes('.slurm-'));
    expect(marks()).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.slurm-[0-9a-f]{8}\.0$/)]);
    const again = one.onCluster();
    const id = waiting.split(' ')[0];
    await cluster.slurm('scontrol', 'release', id);
    await expectDone(one, again, 3);
    expect(new Set(lastRun(one.root).map(({ host }) => host?.job))).toEqual(new Set([`${id}_0`]));
    expect(marks()).toEqual([]);
  });

  test.concurrent('of two coordinators at once the second is told about the first', async () => {
    const one = counting(10, GATE);
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    const { status, stderr } = await one.onCluster().ended;
    expect(status).toBe(3);
    expect(stderr).toContain('another run is in progress');
    openGate(one);
    await expectDone(one, run, 10);
  });

  test.concurrent('a job that is cancelled by hand is made again, from its checkpoint, uncounted', async () => {
    const one = counting(10, GATE);
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    await until(() => isProgressing(one));
    await cluster.slurm('scancel', '--name', nameOf(one).name);
    openGate(one);
    const stdout = await expectDone(one, run, 10);
    expect(stdout).toContain('count[n=1] interrupted: its job was stopped: it was cancelled');
    expect(logOf(one)).toMatch(/^from 0[\s\S]*from [1-9]/);
  });

  test.concurrent('an agent that is killed is noticed, and its work is done by another', async () => {
    const one = counting(10, GATE, "extra: ['--nodelist=n1']\n");
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    kill(one, 'agent.js');
    openGate(one);
    const stdout = await expectDone(one, run, 10);
    expect(stdout).toMatch(/count\[n=1\] interrupted: its job \d+_0 on n\d (failed|was lost)/);
  });

  test.concurrent('a stage that is killed has failed, which counts', async () => {
    const one = counting(10, GATE);
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    kill(one, 'worker.js');
    openGate(one);
    const { status, stdout } = await run.ended;
    expect(stdout).toContain('count[n=1] failed: its process was killed (SIGKILL)');
    expect(status).toBe(0);
    expect(lastRun(one.root).find(({ instance }) => instance === 'count[n=1]')?.attempts).toBe(2);
  });

  test.concurrent('the loss of slurmd or slurmstepd does not disturb what runs', async () => {
    const one = counting(10, GATE, "extra: ['--nodelist=n3']\n");
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on/);
    const job = (
      await cluster.slurm('squeue', '-h', '-o', '%A', `--name=${nameOf(one).name}`)
    ).trim();
    await cluster.on('n3', 'pkill', '-KILL', '-f', `slurmstepd: \\[${job}.batch\\]`);
    await cluster.on('n3', 'pkill', '-KILL', '-x', 'slurmd');
    openGate(one);
    await expectDone(one, run, 10);
    expect(logOf(one)).toBe('from 0');
  });

  test.concurrent('a node that loses its power is noticed, and its work is done on another', async () => {
    const one = counting(10, GATE, "extra: ['--nodelist=n4']\n");
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on n4/);
    cluster.cutOff('n4');
    openGate(one);
    await run.said(/count\[n=1\] interrupted: its job \d+_0 on n4 was/);
    await cluster.restart();
    await expectDone(one, run, 10);
  });

  test.concurrent('what has used more memory than it has is given twice as much', async () => {
    const one = project('params: { steps: 30, memory: 450 }, resources: { memory: 300MB }', '[1]');
    const stdout = await expectDone(one, one.onCluster(), 30);
    expect(stdout).toMatch(
      /count\[n=1\] interrupted: .*used more memory than it has; it is given 600 MB once/,
    );
  });

  test.concurrent('before its time limit a stage is asked for its checkpoint, from which it goes on', async () => {
    const one = counting(330, '', 'time: 1m\n');
    const run = one.onCluster();
    const stdout = await expectDone(one, run, 330);
    expect(stdout).toContain('count[n=1] interrupted: its job was stopped: its time limit is near');
    expect(logOf(one)).toMatch(/from [1-9]/);
  });

  test.concurrent('a job that has to make way for a more urgent one is made again', async () => {
    const one = counting(10, GATE, "extra: ['--nodelist=n2', --exclusive]\n");
    const run = one.onCluster();
    await run.said(/count\[n=1\] started on n2/);
    await until(() => isProgressing(one));
    const urgent = [
      '-p',
      'urgent',
      '-w',
      'n2',
      '--exclusive',
      '-o',
      '/dev/null',
      '--wrap',
      'sleep 2',
    ];
    await cluster.slurm('sbatch', ...urgent);
    await run.said(/count\[n=1\] interrupted/);
    openGate(one);
    const stdout = await expectDone(one, run, 10);
    expect(stdout).toMatch(/count\[n=1\] interrupted: its job/);
  });

  test.concurrent('squeue may fail for a while', async () => {
    const one = counting(10, GATE);
    mkdirSync(join(one.root, 'bin'));
    one.write(
      'bin/squeue',
      '#!/bin/sh\necho "slurm_load_jobs error: Unable to contact slurm controller" >&2\nexit 1\n',
    );
    chmodSync(join(one.root, 'bin/squeue'), 0o755);
    const run = one.onCluster();
    await run.said(/Slurm does not answer: slurm_load_jobs error/);
    one.remove('bin');
    await run.said(/Slurm answers again/);
    openGate(one);
    await expectDone(one, run, 10);
  });

  test.concurrent('clocks that are minutes apart do not matter', async () => {
    const one = counting(5, '', "setup: ['export NODE_OPTIONS=--import=./skew.mjs']\n");
    one.write('skew.mjs', 'const now = Date.now; Date.now = () => now() - 600_000;');
    await expectDone(one, one.onCluster(), 5);
  });

  test.concurrent('pipe doctor asks a node, and says what to do about one that cannot answer', async () => {
    const [one, wrong] = [
      counting(1),
      counting(1, '', `setup: ['echo first >&2']\nnode: /no/such/node\n`),
    ];
    const ask = (project: ClusterProject, ...more: readonly string[]) =>
      project.begin('doctor', '--on', 'slurm', '--site', 'site.yaml', ...more).ended;
    const [sound, broken] = await Promise.all([ask(one), ask(wrong)]);
    expect(sound.stdout).toMatch(/^slurm +slurm/m);
    expect(sound.stdout).toMatch(/^folder +a job on n\d answered after/m);
    expect(sound.stdout).toContain(`${process.version} on n`);
    expect(sound.status).toBe(0);
    expect(broken.stdout).toMatch(
      /^problem +a job ended as FAILED \(NonZeroExitCode\):\n {2}\| first\n {2}\| .*no\/such\/node/m,
    );
    expect(broken.stdout).toContain('fix: set `node` or `setup` in the site file');
    expect(broken.status).toBe(1);
  });
});
