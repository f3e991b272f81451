import type { Diagnostic } from '../core/diagnostic.ts';
import type { ParsedParams } from './graph.ts';
import type { MapNode } from './node.ts';
import { locate, locateKey } from './params.ts';
import type { ResolvedStage } from './resolve.ts';
import { suggest } from './suggest.ts';

type Issue = Extract<ParsedParams, { readonly ok: false }>['issues'][number];

/** Says what a stage's schema found wrong with its params, where the pipeline file says them. */
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
    const range = locate(node, path, stage.nameRange);
    if (path.length > 0 && !isThere(node, path)) {
      const expected = /expected ([^,]+), received undefined/.exec(message)?.[1];
      return [
        {
          message: `stage '${stage.name}' lacks the param '${name}'${expected ? ` (${expected})` : ''}`,
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

/** zod reports them at the object that has them, and names them in its message only. */
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
  const range = locateKey(node, path) ?? stage.nameRange;
  const message = `unknown param '${path.join('.')}' of stage '${stage.name}'`;
  if (path.length > 1)
    return { message, range, hint: `its schema is in stages/${stage.module.value}.ts` };
  return { message, range, hint: suggest(path[0], paramKeys, 'its params') };
}

function isThere(node: MapNode, path: readonly (string | number)[]): boolean {
  const [first, ...rest] = path;
  let at = node.entries.get(String(first))?.value;
  for (const step of rest) {
    if (at?.kind === 'map') at = at.entries.get(String(step))?.value;
    else if (at?.kind === 'list') at = at.items[Number(step)];
    else return false;
  }
  return at !== undefined;
}
