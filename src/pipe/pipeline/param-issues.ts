import type { Diagnostic } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { ParamVariant, StageDraft } from './draft.ts';
import type { ParsedParams } from './graph.ts';
import { rangeOfParam, valueAt } from './params.ts';

type Rejection = Extract<ParsedParams, { readonly ok: false }>;

/** Turns the issues of a stage's schema into diagnostics at the places of the params. */
export function paramDiagnostics(
  { stage, description }: StageDraft,
  { layers, params }: ParamVariant,
  { issues, paramKeys = description.paramKeys }: Rejection,
): readonly Diagnostic[] {
  const owner = `stage '${stage.name}'`;
  return issues.flatMap(({ path, message }): readonly Diagnostic[] => {
    const unknown = unknownKeys(message).map((key) => [...path, key]);
    if (unknown.length > 0) {
      return unknown.map((own) => ({
        message: `unknown param '${own.join('.')}' of ${owner}`,
        range: rangeOfParam(layers, own, stage.place.key, 'key'),
        hint:
          own.length > 1
            ? `its schema is in ${stage.command?.schema ?? `stages/${stage.module.value}.ts`}`
            : suggest(String(own[0]), paramKeys, 'its params'),
      }));
    }
    const name = path.join('.');
    const range = rangeOfParam(layers, path, stage.place.key);
    if (valueAt(params, path) === undefined) {
      const expected = /expected ([^,]+), received undefined/.exec(message)?.[1];
      const text = `${owner} is missing the param '${name}'${expected ? ` (${expected})` : ''}`;
      return [{ message: text, range, hint: `add it: params: { ${name}: ... }` }];
    }
    const text = message.replace(/^Invalid input: /, '');
    const what = name === '' ? 'the params' : `param '${name}'`;
    return [
      { message: `${what} of ${owner}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, range },
    ];
  });
}

/** zod reports them at their object and names them only in its message. */
function unknownKeys(message: string): readonly string[] {
  if (!/^unrecognized keys?/i.test(message)) return [];
  return [...message.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, key]) => key);
}
