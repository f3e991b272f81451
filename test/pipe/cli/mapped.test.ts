import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const pipeline = (names: string) => `
axes:
  part: { from: split/out, column: name }
stages:
  split: { params: { names: ${names} } }
  train: { matrix: [part] }
  collect: { matrix: [], inputs: { all: train/out } }
profiles:
  ci: { stages: { split: { params: { names: [c] } } } }
`;
const split = stage(
  `writeFileSync(outputs.out, ['name', ...params.names].map((name) => name + '\\n').join(''));`,
  { params: ['names'] },
).replace("'out.txt'", "'out.csv'");
const project = new PipeProject({
  'pipeline.yaml': pipeline('[a, "b 1"]'),
  'stages/split.ts': split,
  'stages/train.ts': stage(`writeFileSync(outputs.out, 'model of ' + params.part);`, {
    params: ['part'],
  }),
  'stages/collect.ts': stage(
    `writeFileSync(outputs.out, inputs.all.map(({ path }) => readFileSync(path, 'utf8')).join());`,
    { inputs: `{ all: 'many' }` },
  ),
});
afterAll(() => project.remove());

const collected = () => readFileSync(join(project.root, 'artifacts/collect/out.txt'), 'utf8');

function said(...args: readonly string[]) {
  const { status, stdout, stderr } = project.pipe(...args);
  return { status, text: stdout + stderr };
}

test('what is not known until a stage ran is said as that by every command', () => {
  const line = 'train, collect are not known until split ran';
  for (const command of [['status'], ['graph'], ['run', '--dry-run']]) {
    expect(said(...command)).toMatchObject({ status: 0, text: expect.stringContaining(line) });
  }
  const json = JSON.parse(project.pipe('status', '--format', 'json').stdout);
  expect(json.pending).toEqual([
    { stage: 'train', until: ['split'] },
    { stage: 'collect', until: ['split'] },
  ]);
  const commands: readonly (readonly [readonly string[], string])[] = [
    [['explain', 'train[part=a]'], 'train'],
    [['show', 'train/out'], 'train'],
    [['run', '--only', 'train', '--profile', 'ci'], 'train'],
    [['run', 'train[part=a]', '--profile', 'ci'], 'train'],
    [['run', 'collect', '--only', 'split', '--profile', 'ci'], 'collect'],
  ];
  for (const [command, stage] of commands) {
    const { status, text } = said(...command);
    expect(status).toBe(2);
    expect(text).toContain(`${stage} is not known until split ran`);
    expect(text).toContain(
      `fix: npx pipe run split${command.includes('ci') ? ' --profile ci' : ''}`,
    );
  }
  const accept = said('accept');
  expect(accept.status).not.toBe(0);
  expect(accept.text).toContain(`cannot accept: ${line}`);
}, 60_000);

test('a run makes all of it; with nothing to do it ends at a glance', () => {
  const { status, text } = said('run');
  expect(status).toBe(0);
  expect(text).toContain('4 instances now known');
  expect(collected()).toBe('model of a,model of b 1');
  expect(said('run').text).toBe('nothing to do: 4 instances current\n');
  expect(said('status').text).toContain('everything is up to date');
  expect(said('explain', 'train[part=b 1]').text).toContain('train[part=b 1] is up to date');
  expect(said('history').text).toContain('4 ran');
}, 60_000);

test('each profile has the values of its own table, and leaves the results of the others alone', () => {
  expect(said('run', '--profile', 'ci').status).toBe(0);
  expect(collected()).toBe('model of c');
  expect(existsSync(join(project.root, 'artifacts/train/part=c/out.txt'))).toBe(true);
  // In artifacts/ is now the table of ci; that of the default profile is in the cache.
  expect(existsSync(join(project.root, 'artifacts/train/part=a/out.txt'))).toBe(true);
  const back = said('run', '--profile', 'default');
  expect(back.text).toContain('2 restored from the cache, 2 current');
  expect(collected()).toBe('model of a,model of b 1');
}, 60_000);

test('the lock file has the instances of the table, and a frozen run finds another one', () => {
  expect(said('accept', '--profile', 'default').text).toContain('accepted 4 results');
  expect(said('run', '--frozen').status).toBe(0);
  project.write('pipeline.yaml', pipeline('[a, d]'));
  const { status, text } = said('run', '--frozen');
  expect(status).toBe(1);
  expect(text).toContain('train[part=d]: not in the lock file');
  expect(text).toContain('train[part=b 1]: in the lock file, but no longer in the pipeline');
  expect(text).toContain('4 differences from pipeline.lock.yaml');
}, 60_000);

test('gc keeps the results of instances that are not known', () => {
  // The last run has nothing of the default profile.
  expect(said('run', '--profile', 'ci').status).toBe(0);
  project.write('stages/split.ts', `${split}\nexport const edited = true;\n`);
  expect(said('gc', '--runs', '1').text).toMatch(/deleted .* and 0 artifacts/);
  expect(said('run', '--profile', 'default').text).toContain(
    '1 ran, 1 restored from the cache, 2 current',
  );
}, 60_000);

test('while it is watched, an edit of the table runs what is new in it', async () => {
  const child = project.start('watch');
  const ended = once(child, 'exit');
  let text = '';
  let wake = () => {};
  child.stdout?.on('data', (chunk) => {
    text += String(chunk);
    wake();
  });
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
    wake();
  });
  const waiting = async () => {
    while (!text.includes('waiting for changes')) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const seen = text;
    text = '';
    return seen;
  };
  await waiting();
  project.write('pipeline.yaml', pipeline('[d, e]'));
  const seen = await waiting();
  expect(seen).toContain('train[part=e] started');
  expect(seen).not.toContain('train[part=d] started');
  expect(collected()).toBe('model of d,model of e');
  process.kill(child.pid ?? 0, 'SIGINT');
  expect((await ended)[0]).toBe(130);
}, 60_000);

test('commands and raw inputs follow the table, and a table made of what it led to', () => {
  const programs = new PipeProject({
    'pipeline.yaml': `
axes:
  part: { from: split/parts, column: name }
  best: { from: rank/best, column: name }
stages:
  split:
    command: [cp, '{inputs.all}', '{outputs.parts}']
    inputs: { all: { files: data/all.csv } }
    outputs: { parts: parts.csv }
  fit:
    command: [cp, '{inputs.data}', '{outputs.out}']
    matrix: [part]
    inputs: { data: { files: 'data/{part}.txt' } }
    outputs: { out: out.txt }
  rank:
    command: [sh, -c, 'out=$1; shift; cat "$@" > "$out"', sh, '{outputs.best}', '{inputs.all}']
    matrix: []
    inputs: { all: fit/out }
    outputs: { best: best.csv }
  final:
    command: [sh, -c, 'echo "$1" > "$2"', sh, '{best}', '{outputs.out}']
    matrix: [best]
    outputs: { out: out.txt }
`,
    'data/all.csv': 'name\na\nb 1\n',
    'data/a.txt': 'name\n',
    'data/b 1.txt': 'top\n',
  });
  try {
    expect(programs.pipe('run').stdout).toContain('5 ran');
    const final = join(programs.root, 'artifacts/final/best=top/out.txt');
    expect(readFileSync(final, 'utf8')).toBe('top\n');
    expect(programs.pipe('run').stdout).toBe('nothing to do: 5 instances current\n');
    programs.write('data/all.csv', 'name\na\nb 1\nc\n');
    const { status, stderr } = programs.pipe('run');
    expect(status).toBe(2);
    expect(stderr).toContain("input 'data' of stage 'fit' is missing: there is no data/c.txt");
    programs.write('data/c.txt', 'next\n');
    expect(programs.pipe('run').stdout).toContain('3 ran, 4 current');
    expect(programs.pipe('run').stdout).toBe('nothing to do: 7 instances current\n');
  } finally {
    programs.remove();
  }
}, 60_000);
