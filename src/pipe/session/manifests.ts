import type { Instance } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';

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
}
