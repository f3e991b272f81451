import { relative, resolve } from 'node:path';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import { suggest } from '../../core/suggest.ts';
import type { Paths } from '../../disk/paths.ts';
import type { Coordinates } from '../../pipeline/contract.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import { outputName } from '../../pipeline/output-files.ts';
import { select } from '../../pipeline/selectors.ts';

/** A file that an instance produces. */
export interface ArtifactFile {
  readonly path: string;
  readonly axes: Coordinates;
  /** `undefined` for a path that no instance of the graph produces. */
  readonly instance: Instance | undefined;
}

/**
 * Finds artifacts by the name of an output (`metrics`), by stage or instances and output
 * (`evaluate/metrics`, `train[seed=1]/curve`), or by path.
 * @throws {DiagnosticsError}
 */
export function findArtifacts(
  graph: Graph,
  paths: Paths,
  name: string,
  exists: (path: string) => boolean,
): readonly ArtifactFile[] {
  // The output is what follows the last slash: a coordinate may contain one.
  const slash = name.endsWith(']') ? -1 : name.lastIndexOf('/');
  const output = name.slice(slash + 1);
  if (slash === -1) {
    const producers = graph.instances.filter(({ outputs }) => Object.hasOwn(outputs, name));
    // Of several stages with an output of that name, the stage of the same name is meant.
    const own = producers.filter(({ stage }) => stage === name);
    const meant = own.length > 0 ? own : producers;
    const stages = [...new Set(meant.map(({ stage }) => stage))];
    if (stages.length === 1) return meant.map((instance) => fileOf(instance, name, paths));
    if (stages.length > 1) {
      const names = stages.map((stage) => `${stage}/${name}`).join(' or ');
      throw mistake(`several stages have an output '${name}'`, `choose one: ${names}`);
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
      throw withoutOutput(graph, name) ?? new DiagnosticsError(selected.diagnostics);
    }
  }
  if (exists(resolve(name))) return [fileAt(graph, paths, resolve(name))];
  const unspecific = withoutOutput(graph, name);
  if (unspecific !== undefined) throw unspecific;
  throw mistake(`there is no artifact '${name}'`, suggest(name, names(graph), 'artifacts'));
}

function fileOf(instance: Instance, output: string, paths: Paths): ArtifactFile {
  return { path: paths.artifact(instance, output), axes: instance.axes, instance };
}

function fileAt(graph: Graph, paths: Paths, path: string): ArtifactFile {
  const relativePath = relative(paths.root, path);
  const instance = graph.instances.find(({ folder, outputs }) =>
    Object.values(outputs).some((file) => `${folder}/${outputName(file)}` === relativePath),
  );
  return { path, axes: {}, instance };
}

/** The mistake of naming instances and none of their outputs; `undefined` if the name means no instance. */
function withoutOutput(graph: Graph, name: string): DiagnosticsError | undefined {
  const selected = select(graph, [name]);
  if (!selected.ok) return undefined;
  const isOneStage = new Set(selected.instances.map(({ stage }) => stage)).size === 1;
  const artifacts = selected.instances.flatMap(({ stage, outputs }) =>
    Object.keys(outputs).map((output) => `'${isOneStage ? name : stage}/${output}'`),
  );
  const hint = `name one of its outputs: ${[...new Set(artifacts)].join(', ')}`;
  return mistake(`'${name}' is not an artifact`, hint);
}

/** Names that stand for artifacts. */
function names(graph: Graph): ReadonlySet<string> {
  const all = new Set<string>();
  for (const { outputs, stage } of graph.instances) {
    for (const output of Object.keys(outputs)) all.add(output).add(`${stage}/${output}`);
  }
  return all;
}

function mistake(message: string, hint: string): DiagnosticsError {
  return new DiagnosticsError([{ message, hint }]);
}
