import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { thisRuntime } from '../../core/machine.ts';
import { realDisk } from '../../disk/disk.ts';
import type { DoctorLine } from '../../pipeline/contract.ts';
import type { Project } from '../../project/project.ts';
import { formatSeconds } from '../../reporters/format.ts';
import { type Batch, logOf, type Needs, needsOf, slotOf, submissionOf } from '../../slurm/batch.ts';
import { fixOf } from '../../slurm/job-script.ts';
import type { Hello } from '../../slurm/messages.ts';
import { explainRefusal } from '../../slurm/refusal.ts';
import {
  hasEnded,
  type QueueLine,
  SchedulerError,
  type Submission,
} from '../../slurm/scheduler.ts';
import { defaultSiteFile, readSite, type Site } from '../../slurm/site.ts';
import { NO_SLURM, SlurmCommands, slurm } from '../../slurm/slurm-commands.ts';
import { WorkFolders } from '../../slurm/work-folders.ts';
import { openApart } from '../shell/slurm-apart.ts';

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

/** What a node says of itself. */
type NodeAnswer = Pick<Hello, 'version' | 'runtime' | 'node'>;

interface Answer extends NodeAnswer {
  readonly asked: string;
}

/** Checks whether a cluster can be used: its commands, the shared folder, and Node on one of its nodes. */
export async function checkSlurm(
  project: Project,
  siteFile: string | undefined,
): Promise<readonly DoctorLine[]> {
  const { root, paths } = project;
  const site = readSite(siteFile);
  const file = siteFile ?? defaultSiteFile();
  const used = existsSync(file) ? file : `none, so all defaults: ${file}`;
  const lines: DoctorLine[] = [{ subject: 'site', text: used }];
  try {
    lines.push({ subject: 'slurm', text: (await slurm('sbatch', ['--version'])).trim() });
    await new SlurmCommands().list(NAME);
  } catch (error) {
    return [...lines, { subject: 'slurm', text: (error as Error).message, fix: NO_SLURM }];
  }
  const folder = join(paths.cache, 'slurm-doctor');
  try {
    const seen = site.shared ? probe(root, folder, site) : probeApart(project, folder, site);
    return [...lines, ...(await seen)];
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
  const answered = await ask(submission, needs, site, () =>
    readdirSync(folder).includes('answer.json')
      ? (JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8')) as Answer)
      : undefined,
  );
  if ('refused' in answered) return [answered.refused];
  if ('line' in answered) return [silence(answered.line, folder)];
  const lines = judge(answered, 'folder');
  const { node } = answered.answer;
  if (answered.answer.asked === asked) return lines;
  const text = `${node} reads old content of the shared folder`;
  const fix = 'keep the cache elsewhere: PIPE_CACHE_DIR=FOLDER';
  return [...lines, { subject: 'folder', text, fix }];
}

/** The same through the remote cache: starts an agent, as a run does. */
async function probeApart(
  project: Project,
  folder: string,
  site: Site,
): Promise<readonly DoctorLine[]> {
  const { root, paths, snapshot } = project;
  rmSync(folder, { recursive: true, force: true });
  const { url, post, supply, start, close } = openApart(project, true, {
    folders: new WorkFolders(realDisk, paths),
    folder,
    patience: 0,
    warn: () => {},
  });
  try {
    await supply.open();
    post.begin();
    const needs = needsOf({ threads: 1, gpus: 0 }, site, false);
    const batch: Batch = { id: randomBytes(4).toString('hex'), needs, size: 1 };
    const slot = slotOf(batch.id, '0');
    post.open(batch, [slot]);
    const stages = join(snapshot.folder, 'stages');
    const times = { idle: 5000, grace: 0, lease: PATIENCE };
    const settings = { folder, batch: batch.id, root, stages, ...times };
    const submission = submissionOf(batch, NAME, 1, '', settings, site, start());
    let hello: Hello | undefined;
    const answered = await ask(submission, needs, site, () => {
      post.receive((_, report) => {
        if (report.type === 'hello') hello = report;
      });
      return hello;
    });
    if ('refused' in answered) return [answered.refused];
    if ('answer' in answered) return judge(answered, 'remote');
    const { line } = answered;
    if (line === undefined || !hasEnded(line.state)) return [silence(line, folder)];
    const log = logOf(folder, slot, true);
    const text = `a job ended as ${line.state} (${line.reason}) without a word: see ${log} on ${line.node}`;
    const fix = `let nodes reach ${url}, and find Node: \`setup\` and \`scratch\` must work there`;
    return [{ subject: 'remote', text, fix }];
  } finally {
    post.clear();
    close();
  }
}

/** Submits a job, and looks until it answers. */
async function ask<T extends NodeAnswer>(
  submission: Submission,
  needs: Needs,
  site: Site,
  look: () => T | undefined,
): Promise<
  | { readonly answer: T; readonly seconds: number }
  | { readonly refused: DoctorLine }
  | { readonly line: QueueLine | undefined }
> {
  const scheduler = new SlurmCommands();
  let id: string;
  try {
    id = await scheduler.submit(submission);
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    const { message, hint } = explainRefusal(error.message, needs, site);
    return { refused: { subject: 'slurm', text: message, fix: hint } };
  }
  const begin = performance.now();
  let line: QueueLine | undefined;
  try {
    while (performance.now() - begin < PATIENCE) {
      const answer = look();
      if (answer !== undefined) return { answer, seconds: (performance.now() - begin) / 1000 };
      // Once more after its end: what it wrote may be on its way.
      if (line !== undefined && hasEnded(line.state) && performance.now() - begin > 5000) break;
      await delay(1000);
      line = (await scheduler.list(NAME)).find((one) => one.id === `${id}_0`) ?? line;
    }
    return { line };
  } finally {
    await scheduler.cancel([id]).catch(() => {});
  }
}

/** @param subject what it came through */
function judge(
  { answer, seconds }: { readonly answer: NodeAnswer; readonly seconds: number },
  subject: string,
): readonly DoctorLine[] {
  const { version, runtime, node } = answer;
  const lines: DoctorLine[] = [
    { subject, text: `a job on ${node} answered after ${formatSeconds(seconds)}` },
    { subject: 'node', text: `${version} on ${node}` },
  ];
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
  const printed = log === '' ? ['it printed nothing'] : log.split('\n').map((one) => `  | ${one}`);
  const text = [`a job ended as ${line.state} (${line.reason}):`, ...printed].join('\n');
  return { subject: 'node', text, fix: fixOf(log) };
}
