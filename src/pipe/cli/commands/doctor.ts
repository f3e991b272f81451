import { readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { describeMachine } from '../../core/machine.ts';
import type { Disk } from '../../disk/disk.ts';
import { lockHolder } from '../../disk/lock.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import type { Shell } from '../shell/command.ts';

/** Packages without which nothing runs, by what they are for. */
const PACKAGES = ['esbuild', 'apache-arrow', 'onnxruntime-node', '@tensorflow/tfjs'];

/** Bytes; with less, a run of the study may not end. */
const LEAST_FREE = 1e9;

/** What the engine says about its backends; `describeBackends` of src/engine. */
interface BackendChoice {
  readonly chosen: string;
  readonly why: string;
  readonly backends: readonly {
    readonly name: string;
    readonly works: boolean;
    readonly detail: string;
  }[];
}

export function build(shell: Shell): Command {
  return new Command('doctor')
    .description('say what this machine has, what is used and what is missing')
    .addHelpText(
      'after',
      `
examples:
  pipe doctor                               machine, Node, disk, packages, cache, lock, backend
  pipe doctor && pipe run

exit codes: 0 all is well, 1 something is missing; what to do about it is said`,
    )
    .action(() => doctor(shell));
}

async function doctor(shell: Shell): Promise<void> {
  const project = await shell.open();
  const { packageRoot, projectRoot } = project.snapshot;
  const { cores, cpu, host, memory, node, platform } = describeMachine();
  shell.out(`machine   ${host}, ${platform}, ${cores} cores, ${cpu}`);
  shell.out(`memory    ${formatBytes(memory)}, ${formatBytes(freemem())} free`);
  shell.out(`node      ${node}`);
  const wanted = requiredNode(packageRoot);
  if (wanted !== undefined && compareVersions(node.slice(1), wanted) < 0) {
    fail(shell, `node is older than ${wanted}`, `install Node ${wanted} or later`);
  }
  shell.out(`project   ${projectRoot}`);
  for (const name of PACKAGES) {
    const version = versionOf(packageRoot, name);
    if (version === undefined) fail(shell, `the package ${name} is not installed`, 'npm ci');
    else shell.out(`package   ${name} ${version}`);
  }
  printCache(shell, project);
  printLock(shell, project);
  await printBackends(shell);
}

function fail(shell: Shell, what: string, fix: string): void {
  shell.out(`problem   ${what}`);
  shell.out(`  fix: ${fix}`);
  shell.exit(EXIT.failed);
}

function printCache(shell: Shell, { cache, root }: Project): void {
  const { actions, blobs, disk, paths } = cache;
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  shell.out(`disk      ${formatBytes(free)} free`);
  if (free < LEAST_FREE) {
    fail(shell, `less than ${formatBytes(LEAST_FREE)} are free`, 'free some space: npx pipe gc');
  }
  if (!isWritable(disk, paths.cache)) {
    const place = paths.show(paths.cache);
    fail(shell, `${place}/ cannot be written to`, 'make it writable for this user');
  }
  let size = 0;
  let count = 0;
  for (const digest of blobs.list()) {
    size += disk.stat(paths.blob(digest))?.size ?? 0;
    count += 1;
  }
  const what = `${formatCount(actions.size, 'action')}, ${formatCount(count, 'blob')}`;
  shell.out(
    `cache     ${what} of ${formatBytes(size)}, ${formatCount(disk.list(paths.runs).length, 'run')}`,
  );
  const unfinished = disk.list(paths.checkpoints).length;
  if (unfinished > 0)
    shell.out(`          ${formatCount(unfinished, 'checkpoint')} of unfinished work`);
}

/** A lock that a dead process left is no problem: the next run takes it over. */
function printLock(shell: Shell, { cache }: Project): void {
  const { disk, paths } = cache;
  const holder = lockHolder(disk, paths.lock);
  const isLeft = holder === undefined && disk.stat(paths.lock) !== undefined;
  if (holder !== undefined)
    shell.out(`lock      held by process ${holder.pid}, since ${holder.since}`);
  else
    shell.out(
      `lock      free${isLeft ? '; a run that was killed left it, the next takes it over' : ''}`,
    );
}

async function printBackends(shell: Shell): Promise<void> {
  const engine: object = await import('../../../engine/index.ts');
  const { describeBackends } = engine as {
    readonly describeBackends?: () => Promise<BackendChoice>;
  };
  if (describeBackends === undefined) return;
  const { chosen, why, backends } = await describeBackends();
  for (const { name, works, detail } of backends) {
    shell.out(`backend   ${name}: ${works ? '' : 'does not work: '}${detail}`);
  }
  shell.out(`training  uses ${chosen}: ${why}`);
}

function versionOf(root: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

/** The oldest Node that package.json allows. */
function requiredNode(root: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    const { engines } = JSON.parse(text) as { readonly engines?: { readonly node?: string } };
    return /^>=([\d.]+)$/.exec(engines?.node ?? '')?.[1];
  } catch {
    return undefined;
  }
}

/** Below 0 if the first is older. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const at = [0, 1, 2].find((i) => (left[i] ?? 0) !== (right[i] ?? 0));
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function isWritable(disk: Disk, folder: string): boolean {
  const probe = join(folder, `writable.${process.pid}.tmp`);
  try {
    disk.makeFolder(folder);
    disk.write(probe, '');
    disk.remove(probe);
    return true;
  } catch {
    return false;
  }
}
