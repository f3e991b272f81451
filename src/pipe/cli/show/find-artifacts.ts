import { relative, resolve } from 'node:path';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import type { Paths } from '../../disk/paths.ts';
import type { Coordinates } from '../../pipeline/contract.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import { select } from '../../pipeline/selectors.ts';
import { suggest } from '../../pipeline/suggest.ts';

/** A file that an instance makes. */
export interface ArtifactFile {
  readonly path: string;
  readonly axes: Coordinates;
  /** `undefined` for a path that no instance of the graph makes. */
  readonly instance: Instance | undefined;
}

/**
 * Finds artifacts by the name of an output (`subset-counts`), by stage or instances and output
 * (`evaluate/metrics`, `train[dim=8]/curve`), or by path.
 * @throws {DiagnosticsError}
 */
export function findArtifacts(
  graph: Graph,
  paths: Paths,
  name: string,
  exists: (path: string) => boolean,
): readonly ArtifactFile[] {
  // A selector may hold a slash only in a coordinate: the output is what follows the last one.
  const slash = name.lastIndexOf('/');
  const output = name.slice(slash + 1);
  if (slash === -1) {
    const makers = graph.instances.filter((instance) => Object.hasOwn(instance.outputs, name));
    // A stage called as its output is meant where others have an output of that name too.
    const own = makers.filter(({ stage }) => stage === name);
    const found = own.length > 0 ? own : makers;
    const stages = [...new Set(found.map(({ stage }) => stage))];
    if (stages.length === 1) return found.map((instance) => fileOf(instance, name, paths));
    if (stages.length > 1) {
      const names = stages.map((stage) => `${stage}/${name}`).join(' or ');
      throw mistake(`several stages make '${name}'`, `say which: ${names}`);
    }
  } else {
    const selected = select(graph, [name.slice(0, slash)]);
    if (selected.ok) {
      const [{ stage, outputs }] = selected.instances;
      if (!Object.hasOwn(outputs, output)) {
        const hint = suggest(output, Object.keys(outputs), 'its outputs');
        throw mistake(`stage '${stage}' has no output '${output}'`, hint);
      }
      return selected.instances.map((instance) => fileOf(instance, output, paths));
    }
    const path = resolve(name);
    if (exists(path)) return [fileAt(graph, paths, path)];
    if (!name.startsWith('artifacts/') && !name.startsWith('.')) {
      throw new DiagnosticsError(selected.diagnostics);
    }
  }
  if (exists(resolve(name))) return [fileAt(graph, paths, resolve(name))];
  throw mistake(`there is no artifact '${name}'`, suggest(name, names(graph), 'artifacts'));
}

function fileOf(instance: Instance, output: string, paths: Paths): ArtifactFile {
  return { path: paths.artifact(instance, output), axes: instance.axes, instance };
}

function fileAt(graph: Graph, paths: Paths, path: string): ArtifactFile {
  const place = relative(paths.root, path);
  const instance = graph.instances.find(({ folder, outputs }) =>
    Object.values(outputs).some((file) => `${folder}/${file}` === place),
  );
  return { path, axes: {}, instance };
}

/** Names by which artifacts can be asked for. */
function names(graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { outputs, stage } of graph.instances) {
    for (const output of Object.keys(outputs)) found.add(output).add(`${stage}/${output}`);
  }
  return found;
}

function mistake(message: string, hint: string): DiagnosticsError {
  return new DiagnosticsError([{ message, hint }]);
}
