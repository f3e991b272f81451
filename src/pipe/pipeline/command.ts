import { digestText } from '../core/digest.ts';
import { canonicalJson } from '../core/json.ts';
import type { RawDeclaration } from './command-grammar.ts';
import type { Command, RawSource } from './graph.ts';
import type { SharedSource, StageSpec } from './spec.ts';

/** The output that `metrics:` declares, unless an output has that file already. */
const METRICS = 'metrics';

const PREFIX = 'command:';

/** No file name: stands for the command where code is looked up by module. Equal commands have one. */
export function commandModule(command: Command): string {
  return `${PREFIX}${digestText(canonicalJson({ ...command })).slice(0, 32)}`;
}

export function isCommandModule(module: string): boolean {
  return module.startsWith(PREFIX);
}

/** @param parts the stage and its changes; later ones win, outputs are merged */
export function commandOf(parts: readonly StageSpec[]): Command | undefined {
  const last = <K extends keyof StageSpec>(key: K) =>
    parts.findLast((part) => part[key] !== undefined)?.[key];
  const argv = last('command');
  if (argv === undefined) return undefined;
  const outputs = Object.assign({}, ...parts.map((part) => part.outputs ?? {}));
  const metrics = last('metrics');
  const known = Object.keys(outputs).find((name) => outputs[name] === metrics);
  const schema = last('schema');
  return {
    argv,
    code: last('code') ?? [],
    tools: last('tools') ?? [],
    ...(schema === undefined ? {} : { schema }),
    outputs: metrics === undefined || known ? outputs : { ...outputs, [METRICS]: metrics },
    ...(metrics === undefined ? {} : { metrics: known ?? METRICS }),
  };
}

export function rawSource(declared: RawDeclaration): RawSource | SharedSource {
  const { files, url = '', sha256 = '', as } = declared;
  if (as !== undefined) return { as };
  return files === undefined ? { url, sha256 } : { files };
}

/** A path or a pattern in which `\\[` stands for a bracket in a name, and so on, as that name. */
export const unescaped = (files: string): string => files.replace(/\\(.)/g, '$1');

/** Whether a path is a pattern that may match several files. */
export function isPattern(files: string): boolean {
  return /[*?[\]]|[({!@+]\(|\{[^{}]*(?:,|\.\.)[^{}]*\}/.test(files.replace(/\\./g, ''));
}

/** What a command is made of: its code, its schema, and its program where that is a file of the project. */
export function codeOf({ argv, code, schema }: Command): readonly string[] {
  const [program] = argv;
  const own =
    program.includes('/') && !program.startsWith('/') ? [program.replace(/^\.\//, '')] : [];
  return [...new Set([...code, ...own, ...(schema === undefined ? [] : [schema])])];
}
