import type { Diagnostic } from '../core/diagnostic.ts';
import { type Digest, digestText } from '../core/digest.ts';
import { canonicalJson } from '../core/json.ts';
import { codeOf } from '../pipeline/command.ts';
import type { Command, Commands } from '../pipeline/graph.ts';
import type { Surroundings } from './surroundings.ts';

/** The code of a command: what it consists of, as that of a stage file. */
export interface CommandCode {
  readonly digest: string;
  /** Path from the root -> digest. */
  readonly files: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
  /** Words of a tool -> what it says. */
  readonly tools: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** Increase to give the same command another digest. */
const FORMAT = 1;

/**
 * Digest of a file, read if its signature is new; `undefined` if there is none.
 * @param seen how it looked just now, where somebody has looked
 */
export type DigestOf = (
  path: string,
  seen?: { readonly signature: string; readonly changed: number },
) => Promise<Digest | undefined>;

/** By module: the code of commands, or why it cannot be known. */
export async function commandCodes(
  commands: Commands,
  surroundings: Surroundings,
  digestOf: DigestOf,
): Promise<
  Readonly<Record<string, CommandCode | { readonly diagnostics: readonly Diagnostic[] }>>
> {
  const codes: Record<string, CommandCode | { readonly diagnostics: readonly Diagnostic[] }> = {};
  for (const [module, command] of Object.entries(commands)) {
    codes[module] = await commandCode(command, surroundings, digestOf);
  }
  return codes;
}

async function commandCode(
  command: Command,
  surroundings: Surroundings,
  digestOf: DigestOf,
): Promise<CommandCode | { readonly diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const files: Record<string, string> = {};
  for (const pattern of codeOf(command)) {
    const set = await surroundings.files(pattern, true);
    if (set === undefined) {
      const message = `the code of the command does not exist: ${pattern}`;
      const hint =
        'paths start from the root of the project; write the file, or remove it from code';
      diagnostics.push({ message, hint });
    }
    const prefix = set === undefined ? '' : prefixOf(set.base, surroundings.root);
    for (const { path, real } of set?.files ?? []) {
      files[`${prefix}${path}`] = (await digestOf(real)) ?? 'gone';
    }
  }
  const tools: Record<string, string> = {};
  const asked = await Promise.all(command.tools.map((words) => surroundings.tool(words)));
  for (const [i, answer] of asked.entries()) {
    if ('output' in answer) tools[command.tools[i].join(' ')] = answer.output;
    else diagnostics.push({ message: answer.problem, hint: answer.hint });
  }
  diagnostics.push(...strayFiles(command, files, surroundings));
  if (diagnostics.length > 0) return { diagnostics };
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { argv, outputs, metrics = null } = command;
  const content = canonicalJson([FORMAT, argv, outputs, metrics, sorted, tools]);
  return { digest: digestText(content), files: sorted, packages: {}, tools, argv };
}

/** A file of the project that a command names and its key does not have could change unnoticed. */
function strayFiles(
  { argv }: Command,
  files: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): readonly Diagnostic[] {
  return argv.slice(1).flatMap((word) => {
    const path = word.replace(/^\.\//, '');
    if (Object.hasOwn(files, path) || !surroundings.hasFile(path)) return [];
    const message = `the command names ${path}, a file of the project that is not in its code`;
    const hint = `add it: code: [${path}], or read it as an input: inputs: { data: { files: ${path} } } and '{inputs.data}'`;
    return [{ message, hint }];
  });
}

function prefixOf(base: string, root: string): string {
  if (base === root) return '';
  return base.startsWith(`${root}/`) ? `${base.slice(root.length + 1)}/` : `${base}/`;
}
