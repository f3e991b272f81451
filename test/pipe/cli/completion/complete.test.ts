import { expect, test } from 'vitest';
import { COMMANDS } from '../../../../src/pipe/cli/commands.ts';
import { completeLine, wordsOf } from '../../../../src/pipe/cli/completion/complete.ts';
import type { InspectOptions, Shell } from '../../../../src/pipe/cli/shell/shell.ts';
import type { Graph, Instance } from '../../../../src/pipe/pipeline/graph.ts';

function instance(id: string, name: string, axes: Instance['axes'], group?: string): Instance {
  return {
    id,
    stage: name,
    module: name,
    axes,
    params: {},
    inputs: [],
    outputs: { weights: 'weights.arrow' },
    folder: `artifacts/${id}`,
    resources: { cpus: 1 },
    retries: 0,
    ...(group === undefined ? {} : { group }),
  };
}

const asked: (string | undefined)[] = [];
const graph: Graph = {
  profile: 'default',
  instances: [
    instance('train[game=set,dim=8]', 'train', { game: 'set', dim: 8 }),
    instance('train[game=star,dim=8]', 'train', { game: 'star', dim: 8 }),
    instance('train[game=star]', 'train', { game: 'star' }),
    instance('rank', 'rank', {}, 'studies'),
  ],
};
const project = {
  profiles: () => ['default', 'ci'],
  cache: { disk: { list: () => ['20261125-120000-abcd.jsonl'] }, paths: { runs: 'runs' } },
};
const shell = {
  commands: COMMANDS,
  open: async () => project,
  async inspect({ profile }: InspectOptions) {
    asked.push(profile);
    return { project, graph };
  },
} as unknown as Shell;

/** What may stand at the end of a line after `pipe`. */
const at = (line: string) => completeLine(shell, `pipe ${line}`);

test('command names are completed', async () => {
  expect(await at('ver')).toEqual(['verify']);
  expect(await at('')).toContain('run');
  expect(await at('nonsense ')).toEqual([]);
});

test('options of the command and their values are completed', async () => {
  expect(await at('run --f')).toEqual(['--force', '--frozen']);
  expect(await at('run --reporter ')).toEqual(['live', 'plain', 'json', 'github']);
  expect(await at('run --profile c')).toEqual(['ci']);
  expect(await at('run -p ')).toEqual(['default', 'ci']);
  expect(await at('run --profile=c')).toEqual(['--profile=ci']);
  expect(await at('run --only t')).toEqual(['train']);
  expect(await at('run --set ')).toEqual([]);
  expect(await at('completion ')).toEqual(['bash', 'zsh', 'fish']);
});

test('stages, groups and coordinates come from the profile on the line', async () => {
  expect(await at('run ')).toEqual(['train', 'rank', 'studies']);
  expect(await at('run rank t')).toEqual(['train']);
  expect(await at('explain rank ')).toEqual([]);
  expect(await at("run --profile ci 'train[")).toEqual([
    'train[game=set]',
    'train[dim=8]',
    'train[game=star]',
  ]);
  expect(asked.at(-1)).toBe('ci');
  expect(await at('run --profile=paper t')).toEqual(['train']);
  expect(asked.at(-1)).toBe('paper');
  expect(await at('run train[game=set,')).toEqual(['train[game=set,dim=8]']);
  expect(await at('run train[game=st')).toEqual(['train[game=star]']);
});

test('artifacts, runs and versions are completed', async () => {
  expect(await at('show tr')).toEqual(['train/weights']);
  expect(await at('history ')).toEqual(['last', '20261125-120000-abcd']);
  expect(await at('diff la')).toEqual(['last']);
  expect(await at('diff last c')).toEqual(['current', 'ci']);
});

test('a line is split into words as a shell splits it', () => {
  expect(wordsOf(`pipe  run 'a b' "c`)).toEqual(['pipe', 'run', 'a b', 'c']);
  expect(wordsOf('pipe run ')).toEqual(['pipe', 'run', '']);
  expect(wordsOf('pipe train\\[x')).toEqual(['pipe', 'train[x']);
});

test('every command can be completed', async () => {
  for (const { name } of COMMANDS) {
    expect(await at(`${name} --he`)).toContain('--help');
  }
});
