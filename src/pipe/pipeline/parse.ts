import type { ZodType } from 'zod';
import { Checker, type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { readYaml } from '../yaml/read.ts';
import { validate } from '../yaml/validate.ts';
import { checkReferences } from './check-references.ts';
import { declarationsOf } from './declarations.ts';
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
  const { source, declared } = readFile(check, pipelineSchema, file, text, 'the pipeline');
  // Also those of a pipeline with mistakes elsewhere.
  const listed = pipelineSchema.shape.groups.safeParse(Object(source.value).groups);
  const parts = (listed.data ?? []).map((group, i) => {
    const path = groupFile(group);
    if (Object.hasOwn(groups, path)) {
      const owner = `group '${group}'`;
      const part = readFile(check, groupSchema, path, groups[path], owner);
      const origin = { place: part.source.place, file: path, owner, group };
      return part.declared && declarationsOf(check, part.declared, origin);
    }
    const existing = Object.keys(groups).map((other) => other.split('/')[1]);
    const hint =
      didYouMean(group, existing) ??
      'declare its stages there or remove it: docs/pipeline.md#groups';
    const { range } = source.place.at('groups', i);
    return check.report(range, `group '${group}' has no file ${path}`, hint);
  });
  if (declared !== undefined && parts.every((part) => part !== undefined)) {
    const origin = { place: source.place, file, owner: 'the pipeline', group: undefined };
    const all = [declarationsOf(check, declared, origin), ...parts];
    const spec = { doctor: declared.doctor, ...joinGroups(check, all) };
    checkReferences(check, spec);
    if (check.diagnostics.length === 0) return spec;
  }
  return sortDiagnostics(check.diagnostics);
}

function readFile<T>(
  check: Checker,
  schema: ZodType<T>,
  file: string,
  text: string,
  owner: string,
) {
  const source = readYaml(file, text);
  check.diagnostics.push(...source.diagnostics);
  const isReadable = source.value !== undefined || source.diagnostics.length === 0;
  const declared = isReadable ? validate(check, schema, source, owner) : undefined;
  return { source, declared };
}
