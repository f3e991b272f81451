import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
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
  readonly seconds: number | undefined;
  /** Milliseconds since 1970. */
  readonly finished: number | undefined;
}

export interface ReportedFile {
  readonly output: string;
  /** Name in the artifact's folder. */
  readonly name: string;
  /** Absolute path of its bytes: in artifacts/, or in the cache. */
  readonly path: string;
  readonly record: OutputRecord;
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
  const { disk, paths } = cache;
  const record = cache.actions.get(key);
  const files = outputs.flatMap((output): readonly ReportedFile[] => {
    const name = instance.outputs[output.name];
    if (name === undefined) return [];
    // What an earlier version or another profile made may lie in artifacts/ instead.
    const isThere = cache.isInPlace(instance, output);
    const own = paths.artifact(instance, output.name);
    const tree = cache.outputs.treeOf(output);
    if (tree !== undefined) {
      return tree.files.map((file): ReportedFile => {
        const inside = file.path === '' ? '' : `/${file.path}`;
        const path = isThere ? `${own}${inside}` : paths.blob(file.digest);
        const record = { name: output.name, digest: file.digest, size: file.size };
        return { output: output.name, name: `${outputName(name)}${inside}`, path, record };
      });
    }
    const path = isThere ? own : paths.blob(output.digest);
    return disk.stat(path) === undefined
      ? []
      : [{ output: output.name, name, path, record: output }];
  });
  return {
    instance,
    isOutdated,
    key,
    metrics: record?.metrics ?? {},
    files,
    seconds: record?.seconds,
    finished: record?.finished,
  };
}
