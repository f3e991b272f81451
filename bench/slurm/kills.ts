/**
 * Kills at random what takes part in a run on a cluster, over and over, and compares the result with that of an
 * undisturbed run.
 *
 * usage: npm run bench:slurm-kills [-- SEED [KILLS]]     (root, and Debian's munge slurmctld slurmd slurm-client)
 */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { stream } from '../../src/random/streams.ts';

const [seed = '1', kills = '200'] = process.argv.slice(2);
const root = process.cwd();
const numbers = stream(Number(seed), 'slurm-kills');
const random = () => numbers.float();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slurm-kills-')));
const cluster = join(folder, 'cluster');
const project = join(folder, 'project');
const env = { SLURM_CONF: join(cluster, 'etc/slurm.conf'), PIPE_CACHE_DIR: '', CI: '1' };
const start = () =>
  execa('bash', [join(root, 'test/cluster/start.sh'), cluster], {
    env: { NODES: '3', CPUS: '4', MIN_JOB_AGE: '60' },
    reject: false,
  });

const STAGES = {
  'pipeline.yaml': `axes: { n: [${Array.from({ length: 24 }, (_, i) => i + 1).join()}] }
stages:
  count: { matrix: [n], retries: 1000, backoff: 1ms }
  total: { matrix: [], inputs: { from: count/out }, retries: 1000, backoff: 1ms }
`,
  'stages/count.ts': `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export default {
  params: { shape: { n: true }, safeParse: (data: unknown) => ({ success: true, data }) },
  inputs: {},
  outputs: { out: 'out.txt' },
  async run({ params, outputs, checkpoint, signal, progress }: any) {
    const file = join(checkpoint.folder, 'at');
    let at = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    for (; at < 60; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      progress({ done: at, total: 60, unit: 'step' });
      writeFileSync(file + '.tmp', String(at));
      renameSync(file + '.tmp', file);
      if (signal.aborted) throw new Error('aborted');
    }
    writeFileSync(outputs.out, \`counted \${params.n}\\n\`);
  },
};`,
  'stages/total.ts': `
import { readFileSync, writeFileSync } from 'node:fs';
export default {
  params: { shape: {}, safeParse: (data: unknown) => ({ success: true, data }) },
  inputs: { from: 'many' },
  outputs: { out: 'out.txt' },
  async run({ inputs, outputs }: any) {
    writeFileSync(outputs.out, inputs.from.map((one: any) => readFileSync(one.path, 'utf8')).join(''));
  },
};`,
  'site.yaml': 'poll: 1s\nlease: 8s\ngrace: 5s\nidle: 30s\nworkers: 8\n',
};

/** Processes that run a program below a folder. */
function processes(program: string, at = project): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, file = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          file.endsWith(`/${program}`) &&
          `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${at}/`)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

function kill(pid: number | undefined): boolean {
  if (pid === undefined || !(pid > 1)) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function choose<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}

let coordinator: ReturnType<typeof begin> | undefined;
let runs = 0;
/** Of daemons and nodes: none may come after the end. */
const restarts: Promise<unknown>[] = [];

function begin() {
  runs += 1;
  const pipe = join(root, 'src/pipe/loader/pipe.mjs');
  return execa('node', [pipe, 'run', '--on', 'slurm', '--site', 'site.yaml'], {
    cwd: project,
    env,
    reject: false,
    all: true,
  });
}

/** What can be killed; each says whether there was anything. */
const VICTIMS: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  agent: () => kill(choose(processes('agent.js'))),
  // A worker of the coordinator, which only answers questions, is elsewhere.
  stage: () => kill(choose(processes('worker.js', join(project, 'cache/slurm')))),
  coordinator: () => kill(coordinator?.pid),
  async slurmd() {
    const node = choose(['n1', 'n2', 'n3']) ?? 'n1';
    const { exitCode } = await execa(
      join(cluster, 'node'),
      [node, 'pkill', '-KILL', '-x', 'slurmd'],
      { reject: false },
    );
    return exitCode === 0;
  },
  node() {
    const file = join(cluster, 'run', `node-${choose(['n1', 'n2', 'n3'])}.pid`);
    return existsSync(file) && kill(Number(readFileSync(file, 'utf8')));
  },
  async job() {
    const { stdout } = await execa('squeue', ['-h', '-t', 'R', '-o', '%i'], { env, reject: false });
    const id = choose(stdout.split('\n').filter((line) => line !== ''));
    if (id === undefined) return false;
    await execa('scancel', [id], { env, reject: false });
    return true;
  },
};

const wanted = `${Array.from({ length: 24 }, (_, i) => `counted ${i + 1}\n`).join('')}`;
const counts: Record<string, number> = {};

try {
  await execa('mkdir', ['-p', join(project, 'stages')]);
  for (const [path, text] of Object.entries(STAGES)) writeFileSync(join(project, path), text);
  await start();
  let isSound = true;
  for (let done = 0, round = 0; done < Number(kills); ) {
    if (
      coordinator === undefined ||
      coordinator.exitCode !== null ||
      coordinator.signalCode !== null
    ) {
      const result = coordinator === undefined ? undefined : await coordinator;
      if (result?.exitCode === 0) {
        const made = readFileSync(join(project, 'artifacts/total/out.txt'), 'utf8');
        isSound &&= made === wanted;
        if (made !== wanted) console.log(`round ${round}: other bytes:\n${made}`);
        round += 1;
        // Everything once more.
        await rm(join(project, 'artifacts'), { recursive: true, force: true });
        await rm(join(project, 'cache'), { recursive: true, force: true });
      } else if (result !== undefined && result.signal !== 'SIGKILL') {
        console.log(`a run ended with ${result.exitCode}:\n${result.all}`);
        isSound = false;
      }
      coordinator = begin();
    }
    await delay(300 + 2000 * random());
    const [name, victim] = choose(Object.entries(VICTIMS)) ?? ['', () => false];
    if (await victim()) {
      counts[name] = (counts[name] ?? 0) + 1;
      done += 1;
      if (done % 20 === 0) console.log(`${done} kills, ${runs} coordinators, ${round} rounds done`);
    }
    if (name === 'slurmd' || name === 'node') {
      restarts.push(delay(2000 + 8000 * random()).then(start));
    }
  }
  // The last one is left in peace.
  for (let left = 10; left > 0; left -= 1) {
    await start();
    const result = await coordinator;
    if (result?.exitCode === 0) break;
    coordinator = begin();
  }
  const made = readFileSync(join(project, 'artifacts/total/out.txt'), 'utf8');
  isSound &&= made === wanted;
  console.log(`seed ${seed}: ${kills} kills (${JSON.stringify(counts)}), ${runs} coordinators`);
  console.log(isSound ? 'all results are those of an undisturbed run' : 'RESULTS DIFFER');
  process.exitCode = isSound ? 0 : 1;
} finally {
  coordinator?.kill('SIGKILL');
  await Promise.allSettled(restarts);
  await execa('bash', [join(root, 'test/cluster/stop.sh'), cluster, '--purge'], { reject: false });
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`left: ${folder}`);
}
