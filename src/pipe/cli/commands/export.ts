import { basename, dirname, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { listSome } from '../../core/collections.ts';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Disk } from '../../disk/disk.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { writeArchive } from '../../export/archive.ts';
import { provenanceOf } from '../../export/provenance.ts';
import { type TrackedInstance, trackedInstances } from '../../export/tracked.ts';
import { writeFolder } from '../../export/write-folder.ts';
import type { Instance, InstanceId } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { readCurves } from '../../runs/curves.ts';
import { findRun, readRun } from '../../runs/files.ts';
import type { RunRecord } from '../../runs/record.ts';
import { formatOption } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

const FORMATS = ['tar', 'tensorboard', 'mlflow'] as const;

type ExportOptions = ReturnType<ReturnType<typeof build>['opts']>;

export function build(shell: Shell) {
  return new Command('export')
    .argument('[run]', 'a run, as pipe history names it', 'last')
    .option('-o, --output <path>', 'file or folder to write (default: <run>.tar, <run>-<format>)')
    .addOption(formatOption(FORMATS))
    .addHelpText(
      'after',
      `
examples:
  pipe export                               the last run, as 20261124-042305-ab12.tar
  pipe export last~1 -o results.tar
  tar xf results.tar && cd 2026* && sha256sum -c SHA256SUMS

provenance.json has, for every file, the instance, its action key, code (file by file), packages,
params and inputs; and for the run, the commit and the machine.

  pipe export --format tensorboard -o logs && tensorboard --logdir logs
  pipe export --format mlflow -o mlruns && mlflow ui --backend-store-uri mlruns

These two hold params, headline metrics, learning curves and the digests of artifacts, an instance as a run.`,
    )
    .action((run, options): Promise<void> => exportRun(shell, run, options));
}

async function exportRun(
  shell: Shell,
  name: string,
  { output, format }: ExportOptions,
): Promise<void> {
  const project = await shell.open();
  const { cache, codes } = project;
  const { disk, paths } = cache;
  const run = findRun(disk, paths.runs, name);
  const instances = await declaredIn(project, run);
  const manifestOf = codeManifests(cache, codes);
  const provenance = provenanceOf(
    cache,
    run,
    readRun(disk, paths.runs, run.id),
    (id) => instances.get(id),
    manifestOf,
  );
  if (format !== 'tar') {
    const tracked = trackedInstances(
      provenance,
      readCurves(disk, paths, new Set(provenance.instances.map(({ key }) => key))),
    );
    const owner = basename(project.root);
    const files = await encodeFor(format, tracked, run, owner);
    const folder = resolve(output ?? `${run.id}-${format}`);
    writeFolder(disk, folder, files);
    shell.out(`${folder}: ${formatCount(tracked.length, 'instance')}`);
    return noteMissing(shell, provenance.missing);
  }
  const target = resolve(output ?? `${run.id}.tar`);
  assertWritable(disk, target);
  await writeArchive(cache, provenance, run.id, target);
  cache.save();
  const files = provenance.instances.flatMap((instance) => instance.files);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const what = `${formatCount(files.length, 'artifact')} of ${formatCount(provenance.instances.length, 'instance')}`;
  shell.out(`${target}: ${what}, ${formatBytes(bytes)}`);
  noteMissing(shell, provenance.missing);
}

function noteMissing(shell: Shell, missing: readonly InstanceId[]): void {
  if (missing.length > 0) shell.note(`left out, without a result: ${listSome(missing)}`);
}

async function encodeFor(
  format: 'tensorboard' | 'mlflow',
  tracked: readonly TrackedInstance[],
  run: RunRecord,
  owner: string,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  if (format === 'mlflow') {
    return (await import('../../export/mlflow.ts')).mlflowFiles(tracked, run, owner);
  }
  return (await import('../../export/tensorboard.ts')).tensorboardFiles(tracked, run);
}

/** @throws {RunError} where no file can be written */
function assertWritable(disk: Disk, target: string): void {
  const folder = dirname(target);
  if (disk.stat(folder)?.isFile !== false) {
    throw new RunError(`there is no folder ${folder}`, 'create it first', EXIT.usage);
  }
  if (disk.stat(target)?.isFile === false) {
    throw new RunError(`${target} is a folder`, 'name a file: -o results.tar', EXIT.usage);
  }
}

/** The run's instances as declared now; none if the pipeline has mistakes now. */
async function declaredIn(
  project: Project,
  { profile, sets }: RunRecord,
): Promise<ReadonlyMap<InstanceId, Instance>> {
  try {
    const { instances } = await project.load(profile, sets);
    return new Map(instances.map((instance) => [instance.id, instance]));
  } catch (error) {
    if (error instanceof DiagnosticsError) return new Map();
    throw error;
  }
}
