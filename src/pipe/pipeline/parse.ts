import type { ZodType } from 'zod';
import { Checker, type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { readYaml } from '../yaml/read.ts';
import { validate } from '../yaml/validate.ts';
import { checkReferences } from './check-references.ts';
import { groupFile } from './files.ts';
import { groupSchema, pipelineSchema } from './grammar.ts';
import { joinGroups } from './groups.ts';
import type { PipelineSpec } from './spec.ts';

/**
 * Parses and checks a pipeline file and the files of its groups. Reports the mistakes in their form all at
 * once, then those in what they refer to, in the order of the files.
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
  const { source, file: main } = parseFile(check, pipelineSchema, file, text, undefined);
  // Also those of a pipeline with mistakes elsewhere.
  const listed = pipelineSchema.shape.groups.safeParse(Object(source.value).groups);
  const parts = (listed.data ?? []).map((group, i) => {
    const path = groupFile(group);
    if (Object.hasOwn(groups, path)) {
      return parseFile(check, groupSchema, path, groups[path], group).file;
    }
    const existing = Object.keys(groups).map((other) => other.split('/')[1]);
    const hint =
      didYouMean(group, existing) ?? 'declare its stages in that file, or remove it from groups';
    const { range } = source.place.at('groups', i);
    return check.report(range, `group '${group}' has no file ${path}`, hint);
  });
  if (main !== undefined && parts.every((part) => part !== undefined)) {
    const { doctor, report } = main.declared;
    const spec = { doctor, report, ...joinGroups(check, [main, ...parts]) };
    checkReferences(check, spec);
    if (check.diagnostics.length === 0) return spec;
  }
  return sortDiagnostics(check.diagnostics);
}

function parseFile<T>(
  check: Checker,
  schema: ZodType<T>,
  path: string,
  text: string,
  group: string | undefined,
) {
  const source = readYaml(path, text);
  check.diagnostics.push(...source.diagnostics);
  const owner = group === undefined ? 'the pipeline' : `group '${group}'`;
  const declared =
    source.diagnostics.length > 0 ? undefined : validate(check, schema, source, owner);
  const { place } = source;
  return { source, file: declared && { path, owner, group, place, declared } };
}
