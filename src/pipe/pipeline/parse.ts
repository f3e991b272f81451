import type { Diagnostic } from '../core/diagnostic.ts';
import { didYouMean, suggest } from '../core/suggest.ts';
import { Checker } from '../yaml/checker.ts';
import type { MapEntry, MapNode } from '../yaml/node.ts';
import { readYaml } from '../yaml/read.ts';
import { checkReferences } from './check-references.ts';
import { groupFile } from './files.ts';
import { type Declarations, joinGroups } from './groups.ts';
import { parseAxis } from './parse-axis.ts';
import { parseFileName, parseStage } from './parse-stage.ts';
import type { Axis, Located, PipelineSpec, Profile, StageSpec } from './spec.ts';

/**
 * Parses and checks a pipeline file and the files of its groups. Reports all mistakes at once, in the
 * order of the files.
 *
 * @param file path for diagnostics, e.g. `pipeline.yaml`
 * @param groups texts of the existing group files, by path
 */
export function parsePipeline(
  file: string,
  text: string,
  groups: Readonly<Record<string, string>> = {},
): PipelineSpec | readonly Diagnostic[] {
  const check = new Checker();
  const main = parseFile(check, file, text);
  const parts = (main?.groups ?? []).map((group) => {
    const path = groupFile(group.value);
    if (Object.hasOwn(groups, path)) return parseFile(check, path, groups[path], group);
    const existing = Object.keys(groups).map((file) => file.split('/')[1]);
    const hint =
      didYouMean(group.value, existing) ??
      'declare its stages there or remove it: docs/pipeline.md#groups';
    return check.report(group.range, `group '${group.value}' has no file ${path}`, hint);
  });
  if (main !== undefined && parts.every((part) => part !== undefined)) {
    const spec = joinGroups(check, main, parts);
    checkReferences(check, spec);
    if (check.diagnostics.length === 0) return spec;
  }
  return sortDiagnostics(check.diagnostics);
}

/** Parses the file of a group, or without a group the pipeline file. */
function parseFile(
  check: Checker,
  file: string,
  text: string,
  group?: Located<string>,
): (Declarations & { readonly groups: readonly Located<string>[] }) | undefined {
  const what = group === undefined ? 'the pipeline' : `group '${group.value}'`;
  const { root, diagnostics } = readYaml(file, text);
  check.diagnostics.push(...diagnostics);
  if (root === undefined) {
    const range = { file, line: 1, column: 1, length: 1 };
    return diagnostics.length > 0
      ? undefined
      : check.report(range, `${what} is empty`, `declare 'stages'`);
  }
  const top = check.map(root, what, `start with 'stages:'`);
  if (top === undefined) return undefined;
  const keys = ['axes', 'stages', 'profiles'];
  check.knownKeys(top, what, group === undefined ? ['groups', 'doctor', ...keys] : keys);
  const axes = section(check, top, 'axes', 'an axis', (entry) => parseAxis(check, entry));
  const stages = section(check, top, 'stages', 'a stage', (entry) => {
    if (entry.key !== 'axes') return parseStage(check, entry, group?.value);
    // `--set axes.seed=1` would be ambiguous.
    return check.report(entry.keyRange, `a stage cannot be named 'axes'`, 'rename it');
  });
  if (stages.size === 0 && check.diagnostics.length === 0) {
    const range = top.entries.get('stages')?.keyRange ?? { ...top.range, length: 1 };
    check.report(range, `${what} has no stages`, 'stages: { my-stage: { params: {} } }');
  }
  const profiles = section(check, top, 'profiles', 'a profile', (entry) =>
    parseProfile(check, entry, what, axes, stages, group?.value),
  );
  const groups = group === undefined ? parseGroups(check, top) : [];
  const doctor = group === undefined ? parseDoctor(check, top) : undefined;
  return { file, group, doctor, axes, stages, profiles, groups };
}

/** `doctor: checks` */
function parseDoctor(check: Checker, top: MapNode): Located<string> | undefined {
  const entry = top.entries.get('doctor');
  return (
    entry && parseFileName(check, entry.value, 'doctor', 'doctor: checks runs stages/checks.ts')
  );
}

/** `groups: [studies]` */
function parseGroups(check: Checker, top: MapNode): readonly Located<string>[] {
  const entry = top.entries.get('groups');
  const example = 'groups: [studies] reads stages/studies/group.yaml';
  const names = (entry && check.list(entry.value, `'groups'`, example)?.items) ?? [];
  return names.flatMap((item, i) => {
    const value = check.string(item, 'a group', example);
    if (value === undefined || check.name(value, 'a group', item.range) === undefined) return [];
    const isRepeated = names.slice(0, i).some((other) => {
      return other.kind === 'scalar' && String(other.value).toLowerCase() === value.toLowerCase();
    });
    if (isRepeated) check.report(item.range, `group '${value}' is listed twice`, 'remove one');
    return isRepeated ? [] : [{ value, range: item.range }];
  });
}

function parseProfile(
  check: Checker,
  entry: MapEntry,
  owner: string,
  axes: ReadonlyMap<string, Axis>,
  stages: ReadonlyMap<string, StageSpec>,
  group: string | undefined,
): Profile | undefined {
  const { key: name, keyRange: nameRange, value } = entry;
  const body = check.mapOrEmpty(value, `profile '${name}'`, `${name}: { stages: { ... } }`);
  if (body === undefined) return undefined;
  check.knownKeys(body, `profile '${name}'`, ['axes', 'stages']);
  const isDeclared = (kind: string, names: ReadonlyMap<string, unknown>, change: MapEntry) => {
    if (names.has(change.key)) return true;
    const message = `profile '${name}' changes ${kind} '${change.key}', which ${owner} does not declare`;
    check.report(change.keyRange, message, suggest(change.key, names.keys()));
    return false;
  };
  return {
    name,
    nameRange,
    axes: section(check, body, 'axes', 'an axis', (entry) =>
      isDeclared('axis', axes, entry) ? parseAxis(check, entry) : undefined,
    ),
    stages: section(check, body, 'stages', 'a stage', (entry) =>
      isDeclared('stage', stages, entry) ? parseStage(check, entry, group) : undefined,
    ),
  };
}

/** Parses the named entries below a key. */
function section<T>(
  check: Checker,
  map: MapNode,
  key: string,
  what: string,
  parse: (entry: MapEntry) => T | undefined,
): ReadonlyMap<string, T> {
  const parsed = new Map<string, T>();
  const entry = map.entries.get(key);
  const hint = `indent each ${what.replace(/^an? /, '')} below it`;
  const body = entry && check.map(entry.value, `'${key}'`, hint);
  for (const item of body === undefined ? [] : check.named(body, what)) {
    const value = parse(item);
    if (value !== undefined) parsed.set(item.key, value);
  }
  return parsed;
}

/** In the order of the file. Every profile repeats the mistakes of its base: each is listed once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(diagnostics.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.range?.file ?? '').localeCompare(b.range?.file ?? '') ||
      (a.range?.line ?? 0) - (b.range?.line ?? 0) ||
      (a.range?.column ?? 0) - (b.range?.column ?? 0),
  );
}
