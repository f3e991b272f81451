import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { Graph } from '../../pipeline/graph.ts';
import { formatCoordinates } from '../../pipeline/names.ts';
import { runIds } from '../../runs/files.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

/** Runs offered. */
const RUNS = 10;

/** Completions of the last word of a line, typed up to the cursor; none if they cannot be known. */
export async function completeLine(shell: Shell, line: string): Promise<readonly string[]> {
  // The first word is pipe itself.
  const [, name = '', ...words] = wordsOf(line);
  const current = words.at(-1) ?? name;
  const names = shell.commands.map((command) => command.name);
  const candidates = async () => {
    if (words.length === 0) return [...names, 'help'];
    if (name === 'help') return names;
    const entry = shell.commands.find((command) => command.name === name);
    return entry === undefined
      ? []
      : await candidatesOf(shell, (await entry.load()).build(shell), words);
  };
  try {
    return (await candidates()).filter((candidate) => candidate.startsWith(current));
  } catch {
    // Other commands report a mistake in pipeline.yaml.
    return [];
  }
}

async function candidatesOf(
  shell: Shell,
  command: CommandUnknownOpts,
  words: readonly string[],
): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const withValue = command.options.filter(({ required, optional }) => required || optional);
  const previous = words.at(-2) ?? '';
  const option = withValue.find(({ short, long }) => [short, long].includes(previous));
  const { operands } = command.exitOverride().parseOptions(words.slice(0, option ? -2 : -1));
  const { profile } = command.opts() as InspectOptions;
  const graph = async () => (await shell.inspect({ profile })).graph;
  const profiles = async () => (await shell.open()).profiles();
  const runs = async () => {
    const { disk, paths } = (await shell.open()).cache;
    return ['last', ...runIds(disk, paths.runs).toReversed().slice(0, RUNS)];
  };
  const valuesOf = async ({ argChoices, long }: Option) => {
    if (long === '--profile') return await profiles();
    if (long === '--only' || long === '--rerun') return stagesOf(await graph());
    return argChoices ?? [];
  };
  if (option !== undefined) return await valuesOf(option);
  const assigned = withValue.find(({ long }) => current.startsWith(`${long}=`));
  if (assigned !== undefined) {
    return (await valuesOf(assigned)).map((value) => `${assigned.long}=${value}`);
  }
  if (current.startsWith('-')) {
    const shown = command.options.filter(({ hidden }) => !hidden);
    return [...shown.flatMap(({ long }) => long ?? []), '--help'];
  }
  const { registeredArguments: all } = command;
  const argument = all[operands.length] ?? all.findLast(({ variadic }) => variadic);
  switch (argument?.name()) {
    case 'targets':
    case 'instance':
      return namesIn(await graph(), current);
    case 'artifact':
      return artifactsIn(await graph());
    case 'run':
      return await runs();
    case 'before':
    case 'after':
      return ['lock', 'current', ...(await profiles()), ...(await runs())];
    default:
      return argument?.argChoices ?? [];
  }
}

/** A coordinate with the comma after it. */
const FINISHED = /((?:"(?:[^"\\]|\\.)*"|[^,"])*),/g;

/** Stages and groups; within brackets, the coordinates that go with those already typed. */
function namesIn({ instances }: Graph, current: string): readonly string[] {
  const opening = current.indexOf('[');
  const groups = instances.flatMap(({ group }) => group ?? []);
  if (opening === -1) return [...stagesOf({ instances }), ...new Set(groups)];
  const stage = current.slice(0, opening);
  const typed = [...current.slice(opening + 1).matchAll(FINISHED)].map(
    ([, coordinate]) => coordinate,
  );
  const head = `${stage}[${typed.map((coordinate) => `${coordinate},`).join('')}`;
  const fitting = instances.filter(
    ({ axes, ...instance }) =>
      (instance.stage === stage || instance.group === stage) &&
      typed.every((coordinate) =>
        Object.entries(axes).some((entry) => formatCoordinates([entry]) === coordinate),
      ),
  );
  const used = new Set(typed.map((coordinate) => coordinate.split('=', 1)[0]));
  const names = new Set<string>();
  for (const { axes } of fitting) {
    for (const [axis, value] of Object.entries(axes)) {
      if (!used.has(axis)) names.add(`${head}${formatCoordinates([[axis, value]])}]`);
    }
  }
  return [...names];
}

function artifactsIn({ instances }: Pick<Graph, 'instances'>): readonly string[] {
  const names = instances.flatMap(({ stage, outputs }) =>
    Object.keys(outputs).map((output) => `${stage}/${output}`),
  );
  return [...new Set(names)];
}

function stagesOf({ instances }: Pick<Graph, 'instances'>): readonly string[] {
  return [...new Set(instances.map(({ stage }) => stage))];
}

/** Splits a line into words as a shell does, without quotes; the last is empty after a space. */
export function wordsOf(line: string): readonly string[] {
  const words = [''];
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i];
    const last = words.length - 1;
    if (quote !== '') {
      if (character === quote) quote = '';
      else words[last] += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '\\') {
      i += 1;
      words[last] += line[i] ?? '';
    } else if (/\s/.test(character)) {
      if (words[last] !== '') words.push('');
    } else words[last] += character;
  }
  return words;
}
