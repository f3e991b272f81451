import type { Cache } from '../cache/cache.ts';
import type { Fingerprint, OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import type { CodeManifest, ManifestOf } from '../explain/code-manifests.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { folderName, instanceFolder, isName } from '../pipeline/names.ts';
import { outputName } from '../pipeline/output-files.ts';
import { parseSelector } from '../pipeline/selectors.ts';
import type { RunRecord } from '../runs/record.ts';

/** One file of an export. */
export interface ExportedFile {
  readonly output: string;
  /** Path in the archive. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Left out unless it may be executed. */
  readonly executable?: true;
}

/** The result of one instance and everything it depended on. */
interface ExportedInstance {
  readonly instance: InstanceId;
  readonly key: ActionKey;
  readonly fingerprint: Fingerprint;
  readonly files: readonly ExportedFile[];
  /** Paths of empty folders. */
  readonly emptyFolders: readonly string[];
  readonly metrics: Metrics;
  readonly seconds: number;
  /** ISO time. */
  readonly finished: string;
}

/** `provenance.json` of an export: where each of its files comes from. */
export interface Provenance {
  readonly format: 1;
  readonly run: RunRecord;
  readonly instances: readonly ExportedInstance[];
  /** Code manifests, by the digest in the fingerprints. */
  readonly code: Readonly<Record<string, CodeManifest>>;
  /** Instances of the run without a result. */
  readonly missing: readonly InstanceId[];
}

/** An instance of a run, with its action key if it succeeded. */
interface RunInstance {
  readonly instance: InstanceId;
  readonly key?: ActionKey;
}

/**
 * Collects the provenance of a run's results.
 *
 * @param instanceOf the instance as currently declared, for the file names of its outputs
 */
export function provenanceOf(
  cache: Cache,
  run: RunRecord,
  runInstances: readonly RunInstance[],
  instanceOf: (id: InstanceId) => Instance | undefined,
  manifestOf: ManifestOf,
): Provenance {
  const { actions } = cache;
  const instances: ExportedInstance[] = [];
  const missing: InstanceId[] = [];
  const code: Record<string, CodeManifest> = {};
  for (const { instance: id, key } of runInstances) {
    const record = key === undefined ? undefined : actions.get(key);
    const fingerprint = key === undefined ? undefined : actions.fingerprint(key);
    if (record === undefined || fingerprint === undefined) {
      missing.push(id);
      continue;
    }
    const manifest = manifestOf(fingerprint.code);
    if (manifest !== undefined) {
      code[fingerprint.code] = { files: manifest.files, packages: manifest.packages };
    }
    const { outputs, folder = folderOf(id) } = instanceOf(id) ?? {};
    const pathOf = ({ name }: OutputRecord) => `${folder}/${outputName(outputs?.[name] ?? name)}`;
    instances.push({
      instance: id,
      key: record.key,
      fingerprint,
      files: record.outputs.flatMap((output) => filesOf(cache, output, pathOf(output))),
      emptyFolders: record.outputs.flatMap((output) =>
        (cache.outputs.treeOf(output)?.empty ?? []).map((path) => `${pathOf(output)}/${path}`),
      ),
      metrics: record.metrics ?? {},
      seconds: record.seconds,
      finished: new Date(record.finished).toISOString(),
    });
  }
  instances.sort((a, b) => (a.instance < b.instance ? -1 : 1));
  return { format: 1, run, instances, code, missing: missing.sort() };
}

/** @throws {RunError} where the cache has lost what a folder holds */
function filesOf(
  { outputs }: Cache,
  { name, digest, size, tree }: OutputRecord,
  path: string,
): readonly ExportedFile[] {
  if (tree === undefined) return [{ output: name, path, digest, size }];
  const content = outputs.treeOf({ digest, tree });
  if (content === undefined) throw lostArtifact(path);
  return content.files.map((file) => ({
    output: name,
    path: file.path === '' ? path : `${path}/${file.path}`,
    digest: file.digest,
    size: file.size,
    ...(file.isExecutable ? { executable: true as const } : {}),
  }));
}

/** The error of an artifact that the cache has lost. */
export function lostArtifact(path: string): RunError {
  return new RunError(
    `${path} is missing or damaged in the cache`,
    'reproduce it (npx pipe run) or fetch it (npx pipe pull)',
  );
}

/** `train[seed=1]` -> `artifacts/train/seed=1` */
export function folderOf(id: InstanceId): string {
  const parts = parseSelector(id);
  // Never write paths that escape the folder when unpacked, whatever the run record says.
  if (!('stage' in parts) || ![parts.stage, ...parts.coordinates.keys()].every(isName)) {
    throw new Error(`'${id}' is not a valid instance id`);
  }
  return instanceFolder(parts.stage, folderName([...parts.coordinates]));
}
