import type { Diagnostic } from '../core/diagnostic.ts';
import { checkReferences } from './check.ts';
import { Fields } from './fields.ts';
import { groupFile } from './files.ts';
import { type Declarations, joinGroups } from './groups.ts';
import type { MapEntry, MapNode } from './node.ts';
import { parseAxis } from './parse-axis.ts';
import { parseStage } from './parse-stage.ts';
import type { Axis, Located, PipelineSpec, Profile, StageSpec } from './spec.ts';
import { suggest } from './suggest.ts';
import { readYaml } from './yaml.ts';

/**
 * Reads and checks a pipeline file and those of its groups. All mistakes are reported at once, in
 * the order of the files.
 *
 * @param file what diagnostics call it, e.g. `pipeline.yaml`
 * @param groups texts of the group files there are, by path
 */
export function parsePipeline(
  file: string,
  text: string,
  groups: Readonly<Record<string, string>> = {},
): PipelineSpec | readonly Diagnostic[] {
  const fields = new Fields();
  const main = parseFile(fields, file, text);
  const parts = (main?.groups ?? []).map((group) => {
    const path = groupFile(group.value);
    if (Object.hasOwn(groups, path)) return parseFile(fields, path, groups[path], group);
    const close = suggest(
      group.value,
      Object.keys(groups).map((file) => file.split('/')[1]),
    );
    const hint = close.startsWith('did')
      ? close
      : 'declare its stages there, or remove it: docs/pipeline.md#groups';
    return fields.report(group.range, `group '${group.value}' has no file ${path}`, hint);
  });
  if (main !== undefined && parts.every((part) => part !== undefined)) {
    const spec = joinGroups(fields, main, parts);
    checkReferences(fields, spec);
    if (fields.diagnostics.length === 0) return spec;
  }
  return sortDiagnostics(fields.diagnostics);
}

/** The pipeline file (`group` is `undefined`) or the file of a group. */
function parseFile(
  fields: Fields,
  file: string,
  text: string,
  group?: Located<string>,
): (Declarations & { readonly groups: readonly Located<string>[] }) | undefined {
  const what = group === undefined ? 'the pipeline' : `group '${group.value}'`;
  const { root, diagnostics } = readYaml(file, text);
  fields.diagnostics.push(...diagnostics);
  if (root === undefined) {
    const range = { file, line: 1, column: 1, length: 1 };
    return diagnostics.length > 0
      ? undefined
      : fields.report(range, `${what} is empty`, `declare 'stages'`);
  }
  const top = fields.map(root, what, `start with 'stages:'`);
  if (top === undefined) return undefined;
  const keys = ['axes', 'stages', 'profiles'];
  fields.knownKeys(top, what, group === undefined ? ['groups', 'doctor', ...keys] : keys);
  const axes = section(fields, top, 'axes', 'an axis', (entry) => parseAxis(fields, entry));
  const stages = section(fields, top, 'stages', 'a stage', (entry) => {
    if (entry.key !== 'axes') return parseStage(fields, entry, group?.value);
    // `--set axes.seed=1` could mean either.
    return fields.report(entry.keyRange, `a stage cannot be called 'axes'`, 'rename it');
  });
  if (stages.size === 0 && fields.diagnostics.length === 0) {
    const range = top.entries.get('stages')?.keyRange ?? { ...top.range, length: 1 };
    fields.report(range, `${what} has no stages`, 'stages: { my-stage: { params: {} } }');
  }
  const profiles = section(fields, top, 'profiles', 'a profile', (entry) =>
    parseProfile(fields, entry, what, axes, stages, group?.value),
  );
  const groups = group === undefined ? parseGroups(fields, top) : [];
  const doctor = group === undefined ? parseDoctor(fields, top) : undefined;
  return { file, group, doctor, axes, stages, profiles, groups };
}

/** `doctor: doctor` */
function parseDoctor(fields: Fields, top: MapNode): Located<string> | undefined {
  const entry = top.entries.get('doctor');
  if (entry === undefined) return undefined;
  const { range } = entry.value;
  const value = fields.text(entry.value, `'doctor'`, 'doctor: checks means stages/checks.ts');
  if (value === undefined || fields.name(value, 'a file', range) === undefined) return undefined;
  return { value, range };
}

/** `groups: [studies]` */
function parseGroups(fields: Fields, top: MapNode): readonly Located<string>[] {
  const entry = top.entries.get('groups');
  const example = 'groups: [studies] reads stages/studies/group.yaml';
  const names = (entry && fields.list(entry.value, `'groups'`, example)?.items) ?? [];
  return names.flatMap((item, i) => {
    const value = fields.text(item, 'a group', example);
    if (value === undefined || fields.name(value, 'a group', item.range) === undefined) return [];
    const isTwice = names.slice(0, i).some((other) => {
      return other.kind === 'scalar' && String(other.value).toLowerCase() === value.toLowerCase();
    });
    if (isTwice) fields.report(item.range, `group '${value}' is listed twice`, 'remove one');
    return isTwice ? [] : [{ value, range: item.range }];
  });
}

function parseProfile(
  fields: Fields,
  entry: MapEntry,
  owner: string,
  axes: ReadonlyMap<string, Axis>,
  stages: ReadonlyMap<string, StageSpec>,
  group: string | undefined,
): Profile | undefined {
  const { key: name, keyRange: nameRange, value } = entry;
  const bare: Profile = { name, nameRange, axes: new Map(), stages: new Map() };
  if (value.kind === 'scalar' && value.value === null) return bare;
  const body = fields.map(value, `profile '${name}'`, `${name}: { stages: { ... } }`);
  if (body === undefined) return undefined;
  fields.knownKeys(body, `profile '${name}'`, ['axes', 'stages']);
  const known = <T>(kind: string, there: ReadonlyMap<string, T>, { key, keyRange }: MapEntry) => {
    if (there.has(key)) return true;
    const message = `profile '${name}' changes ${kind} '${key}', which ${owner} does not have`;
    fields.report(keyRange, message, suggest(key, there.keys()));
    return false;
  };
  const changedAxes = section(fields, body, 'axes', 'an axis', (entry) =>
    known('axis', axes, entry) ? parseAxis(fields, entry) : undefined,
  );
  return {
    name,
    nameRange,
    axes: changedAxes,
    stages: section(fields, body, 'stages', 'a stage', (entry) =>
      known('stage', stages, entry) ? parseStage(fields, entry, group) : undefined,
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
