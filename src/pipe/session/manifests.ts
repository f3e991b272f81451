import type { Instance } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';

/** Records which files and packages the code of stages consists of, for comparison after an edit. */
export function keepManifests(
  { cache, codes }: Pick<Project, 'cache' | 'codes'>,
  instances: readonly Instance[],
): void {
  for (const module of new Set(instances.map((instance) => instance.module))) {
    const code = codes[module];
    if (!('digest' in code)) continue;
    const { digest, files, packages } = code;
    cache.keepCodeManifest(digest, { files, packages });
  }
}
