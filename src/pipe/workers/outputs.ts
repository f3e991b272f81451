import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputRecord } from '../cache/fingerprint.ts';
import {
  formatTree,
  listTree,
  manifestFile,
  readExecutable,
  readTree,
  type Tree,
} from '../cache/tree.ts';
import { digestFile, digestText } from '../core/digest.ts';
import { realDisk } from '../disk/disk.ts';
import { isFolderOutput, outputName } from '../pipeline/output-files.ts';
import type { Failure } from './failure.ts';

/** Output name -> name of its file, or of its folder with a slash at the end. */
type Declared = Readonly<Record<string, string>>;

/** Where a stage writes its outputs: absolute paths by name. */
export function outputPaths(folder: string, outputs: Declared): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, file]) => [name, join(folder, outputName(file))]),
  );
}

/** Whether a stage wrote all of its outputs into its folder, and nothing else. */
export function inspectOutputs(
  folder: string,
  outputs: Declared,
  isCommand = false,
): Failure | undefined {
  for (const [name, file] of Object.entries(outputs)) {
    const fault = inspectOutput(folder, name, file, isCommand);
    if (fault !== undefined) return fault;
  }
  const declared = new Set(Object.values(outputs).map(outputName));
  const stray = readdirSync(folder).filter((file) => !declared.has(file));
  if (stray.length === 0) return undefined;
  const names = [...declared].join(', ') || 'none';
  return {
    kind: 'undeclared-output',
    message: `the stage wrote ${stray.map((file) => `'${file}'`).join(', ')}, which is not among its outputs (${names})`,
    hint: 'declare it as an output, or put scratch files in the system folder for temporary files',
  };
}

function inspectOutput(
  folder: string,
  name: string,
  file: string,
  isCommand: boolean,
): Failure | undefined {
  const isFolder = isFolderOutput(file);
  const stats = lstatSync(join(folder, outputName(file)), { throwIfNoEntry: false });
  if (stats === undefined || !(isFolder ? stats.isDirectory() : stats.isFile())) {
    const wrote = isFolder ? 'made no folder for' : 'wrote no regular file for';
    const what = stats === undefined ? 'did not write' : wrote;
    const fix = isFolder ? 'make the folder and write below' : 'write to';
    const folderHint =
      !isFolder && stats?.isDirectory() === true ? `; of a folder, declare '${file}/'` : '';
    return {
      kind: 'missing-output',
      message: `the stage ended without an error but ${what} its output '${name}' (${file})`,
      hint: isCommand
        ? `${fix} the path of {outputs.${name}}, which the file that PIPE_STAGE names has too${folderHint}`
        : `${fix} context.outputs.${name} before run returns, and await all writing${folderHint}`,
    };
  }
  if (!isFolder) return undefined;
  const [odd, ...more] = listTree(realDisk, join(folder, outputName(file))).unstorable;
  if (odd === undefined) return undefined;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return {
    kind: 'unstorable-output',
    message: `its output '${name}' holds ${file}${odd}${others}, which is a link or a special file, or has a name that is not UTF-8`,
    hint: 'an output folder holds files and folders: copy what the link leads to',
  };
}

/** Hashes the outputs; writes the manifest of each that is a tree beside it. */
export async function collectOutputs(
  folder: string,
  outputs: Declared,
): Promise<readonly OutputRecord[]> {
  const records: OutputRecord[] = [];
  for (const [name, path] of Object.entries(outputPaths(folder, outputs))) {
    const { size, isFolder, isExecutable } = realDisk.stat(path) ?? missing(path);
    if (isFolder) records.push(keepTree(name, path, await readTree(realDisk, path)));
    else if (isExecutable) records.push(keepTree(name, path, await readExecutable(realDisk, path)));
    else records.push({ name, digest: await digestFile(path), size });
  }
  return records;
}

function keepTree(name: string, path: string, tree: Tree): OutputRecord {
  const manifest = formatTree(tree);
  writeFileSync(manifestFile(path), manifest);
  const size = tree.files.reduce((sum, file) => sum + file.size, 0);
  return { name, digest: digestText(manifest), size, tree: Buffer.byteLength(manifest) };
}

function missing(path: string): never {
  throw new Error(`${path} vanished while it was read`);
}
