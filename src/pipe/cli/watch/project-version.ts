import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../core/json.ts';
import type { Around } from '../../inputs/raw-inputs.ts';
import { takeSnapshot } from '../../loader/snapshot.ts';
import { codeOf, isPattern, unescaped } from '../../pipeline/command.ts';
import { readPipelineFiles } from '../../pipeline/files.ts';
import type { Graph, Instance, InstanceId } from '../../pipeline/graph.ts';
import { upstreamOf } from '../../pipeline/upstream.ts';
import { Project } from '../../project/project.ts';
import { ProjectState } from '../../project/project-state.ts';

/** Which graph of the project is watched. */
interface GraphOptions {
  readonly profile?: string | undefined;
  readonly set: readonly string[];
}

/** The project after an edit, or what is wrong with it. */
export type ProjectVersion = LoadedVersion | { readonly ok: false; readonly error: unknown };

export interface LoadedVersion {
  readonly ok: true;
  readonly project: Project;
  readonly graph: Graph;
  /** As they were then: the project may be loaded again. */
  readonly codeOf: (module: string) => string;
  readonly aroundOf: (instance: Instance) => Around | undefined;
  /** The graph once a table is there that axes have their values from, of the same pipeline file. */
  readonly reload: () => Promise<Graph>;
}

export async function loadVersion(
  project: Project,
  { profile, set }: GraphOptions,
): Promise<ProjectVersion> {
  try {
    const files = readPipelineFiles(project.root);
    const reload = () => project.load(profile, set, files);
    const graph = await reload();
    const aroundOf = await project.cache.raw.aroundAll(graph.instances);
    const { codes } = project;
    const codeOf = (module: string) => {
      const code = codes[module];
      return 'digest' in code ? code.digest : '';
    };
    return { ok: true, project, graph, codeOf, aroundOf, reload };
  } catch (error) {
    return { ok: false, error };
  }
}

/** The version on disk now: another project, as what the old one has read must stay as it was. */
export async function reloadVersion(
  project: Project,
  options: GraphOptions,
): Promise<ProjectVersion> {
  const { projectRoot } = project.snapshot;
  try {
    const snapshot = await takeSnapshot({ projectRoot });
    return await loadVersion(new Project(new ProjectState(snapshot)), options);
  } catch (error) {
    return { ok: false, error };
  }
}

/** Which instances have different code, params or upstream instances in the later version. */
export function outdatedBy(
  before: LoadedVersion,
  after: LoadedVersion,
): (id: InstanceId) => boolean {
  const outdated = new Set<InstanceId>();
  const later = new Map(after.graph.instances.map((instance) => [instance.id, instance]));
  for (const instance of before.graph.instances) {
    const next = later.get(instance.id);
    const upstream = upstreamOf(instance);
    const isSame =
      next !== undefined &&
      before.codeOf(instance.module) === after.codeOf(next.module) &&
      isDeepStrictEqual(before.aroundOf(instance), after.aroundOf(next)) &&
      canonicalJson(instance.params) === canonicalJson(next.params) &&
      upstream.join() === upstreamOf(next).join() &&
      !upstream.some((id) => outdated.has(id));
    if (!isSame) outdated.add(instance.id);
  }
  return (id) => outdated.has(id);
}

/** Absolute paths besides the sources whose edits matter: raw data and the code of commands. */
export function pathsAround({ root }: Project, { instances }: Graph): readonly string[] {
  const patterns = instances.flatMap(({ raw = [], command }) => [
    ...raw.flatMap(({ source }) => ('files' in source ? [source.files] : [])),
    ...(command === undefined ? [] : codeOf(command)),
  ]);
  const paths = patterns.map((pattern) =>
    resolve(root, unescaped(isPattern(pattern) ? baseOf(pattern) : pattern)),
  );
  return [...new Set(paths)];
}

/** The folder that a pattern starts from. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/');
  return parts
    .slice(
      0,
      parts.findIndex((part) => isPattern(part) || part === '**'),
    )
    .join('/');
}
