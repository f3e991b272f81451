import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { thisRuntime } from '../../core/machine.ts';
import type { DoctorLine } from '../../pipeline/contract.ts';
import type { Project } from '../../project/project.ts';
import { formatSeconds } from '../../reporters/format.ts';
import { type Batch, logOf, needsOf, slotOf, submissionOf } from '../../slurm/batch.ts';
import { hasEnded, type QueueLine, SchedulerError } from '../../slurm/scheduler.ts';
import { defaultSiteFile, readSite, type Site } from '../../slurm/site.ts';
import { SlurmCommands, slurm } from '../../slurm/slurm-commands.ts';

/** Milliseconds that a probe may wait in the queue. */
const PATIENCE = 60_000;
const NAME = 'pipe-doctor';

/** Runs on a node: reads what was asked, and answers with a renamed file. */
const PROBE = `
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const { folder } = JSON.parse(process.argv[2]);
const { platform, arch, version, env } = process;
const asked = readFileSync(folder + '/asked', 'utf8');
const answer = { asked, version, runtime: platform + '-' + arch + ', node ' + version.split('.')[0].slice(1), node: env.SLURMD_NODENAME };
writeFileSync(folder + '/answer.tmp', JSON.stringify(answer));
renameSync(folder + '/answer.tmp', folder + '/answer.json');
`;

interface Answer {
  readonly asked: string;
  readonly version: string;
  readonly runtime: string;
  readonly node: string;
}

/** Checks whether a cluster can be used: its commands, the shared folder, and Node on one of its nodes. */
export async function checkSlurm(
  { root, paths }: Project,
  siteFile: string | undefined,
): Promise<readonly DoctorLine[]> {
  const site = readSite(siteFile);
  const file = siteFile ?? defaultSiteFile();
  const used = existsSync(file) ? file : `none, so all defaults: ${file}`;
  const lines: DoctorLine[] = [{ subject: 'site', text: used }];
  try {
    lines.push({ subject: 'slurm', text: (await slurm('sbatch', ['--version'])).trim() });
    await new SlurmCommands().list(NAME);
  } catch (error) {
    const fix = 'run this on a login node, or ask who runs the cluster';
    return [...lines, { subject: 'slurm', text: (error as Error).message, fix }];
  }
  const folder = join(paths.cache, 'slurm-doctor');
  try {
    return [...lines, ...(await probe(root, folder, site))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function probe(root: string, folder: string, site: Site): Promise<readonly DoctorLine[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'log'), { recursive: true });
  const asked = String(process.hrtime.bigint());
  writeFileSync(join(folder, 'asked'), asked);
  writeFileSync(join(folder, 'probe.mjs'), PROBE);
  const needs = needsOf({ threads: 1, gpus: 0 }, site, false);
  const batch: Batch = { id: 'probe', needs, size: 1 };
  const settings = { folder, batch: batch.id, root, stages: '', idle: 0, grace: 0, lease: 0 };
  const submission = submissionOf(batch, NAME, 1, join(folder, 'probe.mjs'), settings, site);
  const scheduler = new SlurmCommands();
  let id: string;
  try {
    id = await scheduler.submit(submission);
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    const fix = 'correct the site file: docs/cluster.md describes its keys';
    return [{ subject: 'slurm', text: `sbatch refused a job: ${error.message}`, fix }];
  }
  const begin = performance.now();
  let last: QueueLine | undefined;
  while (performance.now() - begin < PATIENCE) {
    if (readdirSync(folder).includes('answer.json')) {
      const answer = JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8')) as Answer;
      return judge(answer, asked, (performance.now() - begin) / 1000);
    }
    // Once more after its end: what it wrote may be on its way.
    if (last !== undefined && hasEnded(last.state) && performance.now() - begin > 5000) break;
    await delay(1000);
    last = (await scheduler.list(NAME)).find((line) => line.id === `${id}_0`) ?? last;
  }
  await scheduler.cancel([id]).catch(() => {});
  return [silence(last, folder)];
}

function judge(
  { asked, version, runtime, node }: Answer,
  expected: string,
  seconds: number,
): readonly DoctorLine[] {
  const lines: DoctorLine[] = [
    { subject: 'folder', text: `a job on ${node} answered after ${formatSeconds(seconds)}` },
    { subject: 'node', text: `${version} on ${node}` },
  ];
  if (asked !== expected) {
    const text = `${node} reads old content of the shared folder`;
    lines.push({ subject: 'folder', text, fix: 'keep the cache elsewhere: PIPE_CACHE_DIR=FOLDER' });
  }
  if (runtime !== thisRuntime()) {
    const text = `${node} has ${runtime}, but this is ${thisRuntime()}: results would not count as the same`;
    lines.push({
      subject: 'node',
      text,
      fix: 'name the same Node: `node` or `setup` of the site file',
    });
  }
  return lines;
}

/** Why there was no answer. */
function silence(line: QueueLine | undefined, folder: string): DoctorLine {
  if (line === undefined || !hasEnded(line.state)) {
    const reason = line === undefined ? 'it is not in the queue' : `${line.state}, ${line.reason}`;
    const text = `a job did not answer within ${PATIENCE / 1000} s: ${reason}`;
    const fix =
      'wait until the cluster has a free place, or choose another partition in the site file';
    return { subject: 'slurm', text, fix };
  }
  let log = '';
  try {
    log = readFileSync(logOf(folder, slotOf('probe', '0')), 'utf8').trim();
  } catch {
    const text = `a job ended as ${line.state} (${line.reason}) without its log: the node does not see ${folder}`;
    return {
      subject: 'folder',
      text,
      fix: 'put the project, or PIPE_CACHE_DIR, on a folder that all nodes see',
    };
  }
  const text = `a job ended as ${line.state} (${line.reason}): ${log.split('\n').at(-1) ?? ''}`;
  return {
    subject: 'node',
    text,
    fix: 'set `node` or `setup` in the site file, so that Node starts there',
  };
}
