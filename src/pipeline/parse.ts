import { checkReferences } from './check.ts';
import { Fields } from './fields.ts';
import type { Diagnostic } from './graph.ts';
import type { MapEntry, MapNode } from './node.ts';
import { checkCoordinates, parseAxis } from './parse-axis.ts';
import { parseStage } from './parse-stage.ts';
import type { Axis, PipelineSpec, Profile, StageSpec } from './spec.ts';
import { suggest } from './suggest.ts';
import { readYaml } from './yaml.ts';

/**
 * Reads and checks a pipeline file. All mistakes are reported at once, in the order of the file.
 *
 * @param file what diagnostics call it, e.g. `pipeline.yaml`
 */
export function parsePipeline(file: string, text: string): PipelineSpec | readonly Diagnostic[] {
  const { root, diagnostics } = readYaml(file, text);
  const fields = new Fields();
  fields.diagnostics.push(...diagnostics);
  if (root === undefined) {
    if (diagnostics.length > 0) return diagnostics;
    const start = { file, line: 1, column: 1, length: 1 };
    return [{ message: 'the pipeline is empty', range: start, hint: `declare 'stages'` }];
  }
  const spec = parseTop(fields, file, root);
  if (spec !== undefined) checkReferences(fields, spec);
  return spec !== undefined && fields.diagnostics.length === 0
    ? spec
    : sortDiagnostics(fields.diagnostics);
}

function parseTop(fields: Fields, file: string, root: MapEntry['value']): PipelineSpec | undefined {
  const top = fields.map(root, 'the pipeline', `start with 'stages:'`);
  if (top === undefined) return undefined;
  fields.knownKeys(top, 'the pipeline', ['axes', 'stages', 'profiles']);
  const axes = section(fields, top, 'axes', 'an axis', (entry) => parseAxis(fields, entry));
  checkCoordinates(fields, axes);
  const stages = section(fields, top, 'stages', 'a stage', (entry) => {
    if (entry.key !== 'axes') return parseStage(fields, entry);
    // `--set axes.seed=1` could mean either.
    return fields.report(entry.keyRange, `a stage cannot be called 'axes'`, 'rename it');
  });
  if (stages.size === 0 && fields.diagnostics.length === 0) {
    const range = top.entries.get('stages')?.keyRange ?? { ...top.range, length: 1 };
    fields.report(range, 'the pipeline has no stages', 'stages: { my-stage: { params: {} } }');
  }
  const profiles = section(fields, top, 'profiles', 'a profile', (entry) =>
    parseProfile(fields, entry, axes, stages),
  );
  return { file, axes, stages, profiles };
}

function parseProfile(
  fields: Fields,
  entry: MapEntry,
  axes: ReadonlyMap<string, Axis>,
  stages: ReadonlyMap<string, StageSpec>,
): Profile | undefined {
  const { key: name, keyRange: nameRange, value } = entry;
  const bare: Profile = { name, nameRange, axes: new Map(), stages: new Map() };
  if (value.kind === 'scalar' && value.value === null) return bare;
  const body = fields.map(value, `profile '${name}'`, `${name}: { stages: { ... } }`);
  if (body === undefined) return undefined;
  fields.knownKeys(body, `profile '${name}'`, ['axes', 'stages']);
  const known = <T>(kind: string, there: ReadonlyMap<string, T>, { key, keyRange }: MapEntry) => {
    if (there.has(key)) return true;
    const message = `profile '${name}' changes ${kind} '${key}', which the pipeline does not have`;
    fields.report(keyRange, message, suggest(key, there.keys()));
    return false;
  };
  const changedAxes = section(fields, body, 'axes', 'an axis', (entry) =>
    known('axis', axes, entry) ? parseAxis(fields, entry) : undefined,
  );
  checkCoordinates(fields, new Map([...axes, ...changedAxes]));
  return {
    name,
    nameRange,
    axes: changedAxes,
    stages: section(fields, body, 'stages', 'a stage', (entry) =>
      known('stage', stages, entry) ? parseStage(fields, entry) : undefined,
    ),
  };
}

/** The named things below a key. */
function section<T>(
  fields: Fields,
  map: MapNode,
  key: string,
  what: string,
  parse: (entry: MapEntry) => T | undefined,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  const entry = map.entries.get(key);
  const body =
    entry &&
    fields.map(entry.value, `'${key}'`, `write each ${what.slice(2).trim()} below it, indented`);
  for (const item of body === undefined ? [] : fields.named(body, what)) {
    const value = parse(item);
    if (value !== undefined) found.set(item.key, value);
  }
  return found;
}

/** In the order of the file, each once: profiles see the mistakes of what they build on again. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(diagnostics.map((found) => [JSON.stringify(found), found]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.range?.file ?? '').localeCompare(b.range?.file ?? '') ||
      (a.range?.line ?? 0) - (b.range?.line ?? 0) ||
      (a.range?.column ?? 0) - (b.range?.column ?? 0),
  );
}
