import { canonicalJson } from '../../core/json.ts';
import { takeSnapshot } from '../../loader/snapshot.ts';
import type { Graph, InstanceId } from '../../pipeline/graph.ts';
import { upstreamOf } from '../../pipeline/upstream.ts';
import { Project } from '../../project/project.ts';
import { ProjectState } from '../../project/project-state.ts';

/** Which graph of the project is watched. */
export interface GraphOptions {
  readonly profile?: string;
  readonly set: readonly string[];
}

/** The project after an edit, or what is wrong with it. */
export type ProjectVersion = LoadedVersion | { readonly ok: false; readonly error: unknown };

export interface LoadedVersion {
  readonly ok: true;
  readonly project: Project;
  readonly graph: Graph;
}

export async function loadVersion(
  project: Project,
  { profile, set }: GraphOptions,
): Promise<ProjectVersion> {
  try {
    return { ok: true, project, graph: await project.load(profile, set) };
  } catch (error) {
    return { ok: false, error };
  }
}

/** The version on disk now; the same project if no source changed. */
export async function reloadVersion(
  project: Project,
  options: GraphOptions,
): Promise<ProjectVersion> {
  const { projectRoot } = project.snapshot;
  try {
    const snapshot = await takeSnapshot({ projectRoot });
    const isSame = snapshot.digest === project.snapshot.digest;
    return await loadVersion(isSame ? project : new Project(new ProjectState(snapshot)), options);
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
      before.project.codeOf(instance.module) === after.project.codeOf(next.module) &&
      canonicalJson(instance.params) === canonicalJson(next.params) &&
      upstream.join() === upstreamOf(next).join() &&
      !upstream.some((id) => outdated.has(id));
    if (!isSame) outdated.add(instance.id);
  }
  return (id) => outdated.has(id);
}
