import { join } from 'node:path';
import type { Json } from '../core/json.ts';
import { valueAt } from '../pipeline/params.ts';
import { fillIn, type Template, templatesOf } from '../pipeline/templates.ts';
import type { Job } from './executor.ts';

/** What the templates of a command stand for. */
interface Values extends Pick<Job, 'params' | 'inputs' | 'checkpoint'> {
  /** Absolute paths by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the project. */
  readonly root: string;
  /** Paths of the command's code from the root: the command runs elsewhere, so they are made absolute. */
  readonly code: ReadonlySet<string>;
}

/** The words of a command with everything filled in. */
export function commandLine(argv: readonly string[], values: Values): readonly string[] {
  return argv.flatMap((word, i) => {
    const path = word.replace(/^\.\//, '');
    const isProgram = i === 0 && word.includes('/') && !word.startsWith('/');
    if (isProgram || values.code.has(path)) return join(values.root, path);
    const [template] = templatesOf(word);
    if (template?.kind === 'inputs' && word === `{${template.text}}`) {
      return pathsOf(values, template.name);
    }
    return fillIn(word, (one) => textOf(values, one));
  });
}

function pathsOf({ inputs }: Values, name: string): readonly string[] {
  const input = inputs[name];
  return 'path' in input ? [input.path] : input.map(({ path }) => path);
}

function textOf(values: Values, { kind, name, path }: Template): string {
  switch (kind) {
    case 'inputs':
      return pathsOf(values, name).join(' ');
    case 'outputs':
      return values.outputs[name];
    case 'checkpoint':
      return values.checkpoint;
    case 'params':
      return formatParam(valueAt(values.params, [name, ...path]));
    case 'axis':
      return formatParam(valueAt(values.params, [name]));
  }
}

/** Lists and mappings as JSON, which every language reads. */
function formatParam(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
