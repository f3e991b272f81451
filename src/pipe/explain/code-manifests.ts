import type { Cache } from '../cache/cache.ts';
import type { StageCodes } from '../code/stage-codes.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';

/** What the code of a stage consists of: digests of files by path, versions of packages by name. */
export interface CodeManifest {
  readonly files: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
  /** Of a command: what its tools say. */
  readonly tools?: Readonly<Record<string, string>>;
  /** Of a command: its words. */
  readonly argv?: readonly string[];
}

/** The manifest of the code with a digest; `undefined` if nothing remembers that code. */
export type ManifestOf = (digest: string) => CodeManifest | undefined;

/** Looks up code among the stages as they are now, then among the manifests that runs stored. */
export function codeManifests({ disk, paths, raw }: Cache, codes: StageCodes): ManifestOf {
  return (digest) => {
    for (const code of Object.values(codes)) {
      if ('digest' in code && code.digest === digest) return code;
    }
    const data = raw.filesOf(digest);
    if (data !== undefined) return { files: data, packages: {} };
    try {
      const text = disk.read(paths.codeManifest(digest))?.toString('utf8');
      return text === undefined ? undefined : (JSON.parse(text) as CodeManifest);
    } catch {
      return undefined;
    }
  };
}

/** Records what code and raw data consist of, for comparison after an edit. */
export async function keepManifests(
  { cache, codes }: Pick<Project, 'cache' | 'codes'>,
  instances: readonly Instance[],
): Promise<void> {
  for (const module of new Set(instances.map((instance) => instance.module))) {
    const code = codes[module];
    if (!('digest' in code)) continue;
    const { digest, ...manifest } = code;
    cache.keepCodeManifest(digest, manifest);
  }
  for (const { raw = [] } of instances) {
    for (const { source } of raw) {
      const content = await cache.raw.content(source);
      const files = content && cache.raw.filesOf(content.digest);
      if (files !== undefined)
        cache.keepCodeManifest(content?.digest ?? '', { files, packages: {} });
    }
  }
  await rememberRaw(cache, instances);
}

/** Lets the next run know raw data by their signature, where a manifest says which files they are. */
export async function rememberRaw(
  { disk, paths, raw }: Cache,
  instances: readonly Instance[],
): Promise<void> {
  for (const input of instances.flatMap((instance) => instance.raw ?? [])) {
    const content = await raw.content(input.source);
    if (content === undefined) continue;
    if (disk.stat(paths.codeManifest(content.digest)) !== undefined) await raw.remember(input);
  }
}
