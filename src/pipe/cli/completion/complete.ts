import type { Command, Option } from 'commander';
import type { Graph } from '../../pipeline/graph.ts';
import { formatCoordinates } from '../../pipeline/names.ts';
import { runIds } from '../../runs/files.ts';
import { profilesOf } from '../shell/pipeline-spec.ts';
import type { Shell } from '../shell/shell.ts';
import { wordsOf } from './words.ts';

/** Runs offered. */
const RUNS = 10;

/** Where completions come from; each is asked only when needed. */
export interface Sources {
  readonly commandNames: readonly string[];
  profiles(): Promise<readonly string[]>;
  graph(profile: string | undefined): Promise<Graph>;
  /** Ids of runs, the newest first. */
  runs(): Promise<readonly string[]>;
  /** The command of that name, with its arguments and options. */
  command(name: string): Promise<Command | undefined>;
}

/** Completions of the last word of a line, typed up to the cursor; none if they cannot be known. */
export async function completeLine(shell: Shell, line: string): Promise<readonly string[]> {
  const sources: Sources = {
    commandNames: shell.commands.map(({ name }) => name),
    profiles: async () => profilesOf((await shell.open()).root),
    async graph(profile) {
      return (await shell.inspect(profile === undefined ? {} : { profile })).graph;
    },
    async runs() {
      const { cache } = await shell.open();
      return runIds(cache.disk, cache.paths.runs).toReversed().slice(0, RUNS);
    },
    async command(name) {
      const entry = shell.commands.find((command) => command.name === name);
      return entry === undefined ? undefined : (await entry.load()).build(shell);
    },
  };
  try {
    // The first word is pipe itself.
    return await complete(wordsOf(line).slice(1), sources);
  } catch {
    // Other commands report a mistake in pipeline.yaml.
    return [];
  }
}

/**
 * @param words after `pipe`; the last one is being typed and may be empty
 */
export async function complete(
  words: readonly string[],
  sources: Sources,
): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const [name] = words;
  if (words.length <= 1) return startingWith(current, [...sources.commandNames, 'help']);
  if (name === 'help') return startingWith(current, sources.commandNames);
  const command = await sources.command(name);
  if (command === undefined) return [];
  const option = command.options.find(
    (each) => takesValue(each) && isFlag(each, words.at(-2) ?? ''),
  );
  if (option !== undefined && words.length > 2) {
    return startingWith(current, await valuesOf(option, words, command, sources));
  }
  const assigned = command.options.find(
    (each) => takesValue(each) && current.startsWith(`${each.long}=`),
  );
  if (assigned !== undefined) {
    const values = await valuesOf(assigned, words, command, sources);
    return startingWith(
      current,
      values.map((value) => `${assigned.long}=${value}`),
    );
  }
  if (current.startsWith('-')) {
    const flags = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
    return startingWith(current, [...flags, '--help']);
  }
  return startingWith(current, await candidatesOf(command, words, sources));
}

async function valuesOf(
  option: Option,
  words: readonly string[],
  command: Command,
  sources: Sources,
): Promise<readonly string[]> {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === '--profile') return await sources.profiles();
  if (option.long !== '--only' && option.long !== '--rerun') return [];
  return stagesOf(await sources.graph(profileIn(words, command)));
}

async function candidatesOf(
  command: Command,
  words: readonly string[],
  sources: Sources,
): Promise<readonly string[]> {
  const { registeredArguments: all } = command;
  const place = countArguments(command, words.slice(1, -1));
  const argument = all[Math.min(place, all.length - 1)];
  if (argument === undefined || (place >= all.length && !argument.variadic)) return [];
  if (argument.argChoices !== undefined) return argument.argChoices;
  const graph = () => sources.graph(profileIn(words, command));
  switch (argument.name()) {
    case 'targets':
    case 'instance':
      return namesIn(await graph(), words.at(-1) ?? '');
    case 'artifact':
      return artifactsIn(await graph());
    case 'run':
      return ['last', ...(await sources.runs())];
    case 'before':
    case 'after':
      return ['lock', 'current', 'last', ...(await sources.profiles()), ...(await sources.runs())];
    default:
      return [];
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

function profileIn(words: readonly string[], command: Command): string | undefined {
  const option = command.options.find(({ long }) => long === '--profile');
  const assigned = words.find((word) => word.startsWith('--profile='));
  if (assigned !== undefined) return assigned.slice('--profile='.length);
  const at = words.findIndex((word) => option !== undefined && isFlag(option, word));
  return at === -1 ? undefined : words[at + 1];
}

/** How many words are arguments: neither options nor their values. */
function countArguments(command: Command, words: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < words.length; i += 1) {
    const option = command.options.find((each) => isFlag(each, words[i]));
    if (option !== undefined && takesValue(option)) i += 1;
    else if (!words[i].startsWith('-')) count += 1;
  }
  return count;
}

function isFlag({ short, long }: Option, word: string): boolean {
  return word === short || word === long;
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function startingWith(current: string, candidates: readonly string[]): readonly string[] {
  return candidates.filter((candidate) => candidate.startsWith(current));
}
