import type { Diagnostic } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { MapNode } from '../yaml/node.ts';
import type { ParsedParams } from './graph.ts';
import { lookUp } from './params.ts';
import type { ResolvedStage } from './resolve.ts';

type Issue = Extract<ParsedParams, { readonly ok: false }>['issues'][number];

/** Turns the issues of a stage's schema into diagnostics at the places of the params. */
export function paramDiagnostics(
  stage: ResolvedStage,
  paramKeys: readonly string[],
  node: MapNode,
  issues: readonly Issue[],
): readonly Diagnostic[] {
  return issues.flatMap(({ path, message }): readonly Diagnostic[] => {
    const unknown = unknownKeys(message);
    if (unknown.length > 0) {
      return unknown.map((key) => unknownParam(stage, paramKeys, node, [...path.map(String), key]));
    }
    const name = path.join('.');
    const { range, value } = lookUp(node, path, stage.nameRange);
    if (value === undefined) {
      const expected = /expected ([^,]+), received undefined/.exec(message)?.[1];
      return [
        {
          message: `stage '${stage.name}' is missing the param '${name}'${expected ? ` (${expected})` : ''}`,
          range,
          hint: `add it: params: { ${name}: ... }`,
        },
      ];
    }
    const text = message.replace(/^Invalid input: /, '');
    const what = name === '' ? 'the params' : `param '${name}'`;
    return [
      {
        message: `${what} of stage '${stage.name}': ${text.charAt(0).toLowerCase()}${text.slice(1)}`,
        range,
      },
    ];
  });
}

/** zod reports them at their object and names them only in its message. */
function unknownKeys(message: string): readonly string[] {
  if (!/^unrecognized keys?/i.test(message)) return [];
  return [...message.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, key]) => key);
}

function unknownParam(
  stage: ResolvedStage,
  paramKeys: readonly string[],
  node: MapNode,
  path: readonly string[],
): Diagnostic {
  const { keyRange: range = stage.nameRange } = lookUp(node, path, stage.nameRange);
  const message = `unknown param '${path.join('.')}' of stage '${stage.name}'`;
  if (path.length > 1)
    return { message, range, hint: `its schema is in stages/${stage.module.value}.ts` };
  return { message, range, hint: suggest(path[0], paramKeys, 'its params') };
}
