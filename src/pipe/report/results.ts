import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { canonicalJson } from '../core/json.ts';
import type { Assessment } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { outputName } from '../pipeline/output-files.ts';

/** A result that a report shows. */
export interface ReportedResult {
  readonly instance: Instance;
  /** Whether it is of earlier code or inputs than those of now; its params are those of now. */
  readonly isOutdated: boolean;
  readonly key: ActionKey;
  readonly metrics: Metrics;
  readonly files: readonly ReportedFile[];
  /** Absolute paths of those outputs that are there, folders among them. */
  readonly paths: Readonly<Record<string, string>>;
  readonly seconds: number | undefined;
  /** Milliseconds since 1970. */
  readonly finished: number | undefined;
}

/** A file that an instance made: an output, or part of one that is a folder. */
export interface ReportedFile {
  readonly output: string;
  /** Path in the instance's folder. */
  readonly name: string;
  /** Absolute path of its bytes: in artifacts/, or in the cache. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The results of some instances: the current ones, and where there is none the last of the same params. */
export function reportedResults(
  cache: Cache,
  instances: readonly Instance[],
  assessments: ReadonlyMap<InstanceId, Assessment>,
): readonly ReportedResult[] {
  return instances.flatMap((instance) => {
    const assessment = assessments.get(instance.id);
    if (assessment !== undefined && 'outputs' in assessment) {
      const { key, outputs } = assessment;
      return [resultOf(cache, instance, key, outputs, false)];
    }
    for (const done of cache.actions.doneFor(instance.id)) {
      if (canonicalJson(done.fingerprint().params) !== canonicalJson(instance.params)) continue;
      return [resultOf(cache, instance, done.record.key, done.record.outputs, true)];
    }
    return [];
  });
}

function resultOf(
  cache: Cache,
  instance: Instance,
  key: ActionKey,
  outputs: readonly OutputRecord[],
  isOutdated: boolean,
): ReportedResult {
  const record = cache.actions.get(key);
  const paths: Record<string, string> = {};
  const files: ReportedFile[] = [];
  for (const output of outputs) {
    const declared = instance.outputs[output.name];
    if (declared === undefined) continue;
    const path = placeOf(cache, instance, output);
    if (path !== undefined) paths[output.name] = path;
    files.push(...filesOf(cache, output, outputName(declared), path));
  }
  return {
    instance,
    isOutdated,
    key,
    metrics: record?.metrics ?? {},
    files,
    paths,
    seconds: record?.seconds,
    finished: record?.finished,
  };
}

/** What an earlier version or another profile made may lie in artifacts/ instead: then it is in the cache. */
function placeOf(cache: Cache, instance: Instance, output: OutputRecord): string | undefined {
  const { disk, paths } = cache;
  if (cache.isInPlace(instance, output)) return paths.artifact(instance, output.name);
  if (output.tree !== undefined) return undefined;
  const blob = paths.blob(output.digest);
  return disk.stat(blob) === undefined ? undefined : blob;
}

function filesOf(
  { outputs, paths }: Cache,
  output: OutputRecord,
  name: string,
  path: string | undefined,
): readonly ReportedFile[] {
  if (output.tree === undefined) {
    const { digest, size } = output;
    return path === undefined ? [] : [{ output: output.name, name, path, digest, size }];
  }
  const { files = [] } = outputs.treeOf(output) ?? {};
  return files.map((file) => ({
    output: output.name,
    name: file.path === '' ? name : `${name}/${file.path}`,
    path: paths.blob(file.digest),
    digest: file.digest,
    size: file.size,
  }));
}
