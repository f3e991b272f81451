/**
 * Many short instances on a real cluster of two nodes on this machine: what the coordinator takes.
 *
 * usage: npm run bench:slurm [-- INSTANCES SECONDS]     (root, and Debian's munge slurmctld slurmd slurm-client)
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const [instances = 10_000, seconds = 1] = process.argv.slice(2).map(Number);
const root = process.cwd();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slurm-bench-')));
const cluster = join(folder, 'cluster');
const project = join(folder, 'project');
const calls = join(folder, 'calls');

const FILES = {
  'pipeline.yaml': `axes: { n: [${Array.from({ length: instances }, (_, i) => i).join()}] }
stages:
  wait: { matrix: [n], params: { seconds: ${seconds} } }
`,
  'stages/wait.ts': `
import { writeFileSync } from 'node:fs';
export default {
  params: { shape: { n: true, seconds: true }, safeParse: (data: unknown) => ({ success: true, data }) },
  inputs: {},
  outputs: { out: 'out.txt' },
  async run({ params, outputs }: any) {
    await new Promise((resolve) => setTimeout(resolve, params.seconds * 1000));
    writeFileSync(outputs.out, String(params.n));
  },
};`,
  'site.yaml': 'workers: 8\n',
};

/** CPU seconds, and the most memory in MB, of a process. */
function spentBy(pid: number): { readonly cpu: number; readonly memory: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(peak) / 1000 };
}

try {
  mkdirSync(join(project, 'stages'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(project, path), text);
  // Counts what is asked of Slurm.
  for (const name of ['sbatch', 'squeue', 'scancel']) {
    writeFileSync(
      join(folder, 'bin', name),
      `#!/bin/sh\necho ${name} >>'${calls}'\nexec /usr/bin/${name} "$@"\n`,
    );
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  await execa('bash', [join(root, 'test/cluster/start.sh'), cluster], {
    env: { NODES: '2', CPUS: '4' },
  });
  const begin = performance.now();
  const pipe = join(root, 'src/pipe/loader/pipe.mjs');
  const run = execa('node', [pipe, 'run', '--on', 'slurm', '--site', 'site.yaml'], {
    cwd: project,
    env: {
      SLURM_CONF: join(cluster, 'etc/slurm.conf'),
      PIPE_CACHE_DIR: '',
      CI: '1',
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    },
    reject: false,
    all: true,
  });
  let spent = { cpu: 0, memory: 0 };
  const timer = setInterval(() => {
    try {
      spent = spentBy(run.pid ?? 0);
    } catch {
      // It has just ended.
    }
  }, 500);
  const { exitCode, all } = await run;
  clearInterval(timer);
  const wall = (performance.now() - begin) / 1000;
  const asked = readFileSync(calls, 'utf8').trim().split('\n').length;
  console.log(all?.split('\n').at(-1));
  console.log(
    `${instances} instances of ${seconds} s, 2 nodes of 4 places: ${wall.toFixed(0)} s (exit ${exitCode})`,
  );
  console.log(
    `coordinator: ${spent.memory.toFixed(0)} MB, ${spent.cpu.toFixed(1)} s of CPU time, ${((100 * spent.cpu) / wall).toFixed(1)} % of a core`,
  );
  console.log(`calls of Slurm: ${asked}, one in ${(wall / asked).toFixed(1)} s`);
} finally {
  await execa('bash', [join(root, 'test/cluster/stop.sh'), cluster, '--purge'], { reject: false });
  await rm(folder, { recursive: true, force: true });
}
