import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FileServer } from '../remote/server.ts';
import { PipeProject } from './pipe.ts';

const projects: PipeProject[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

function projectOf(files: Readonly<Record<string, string>>): PipeProject {
  const project = new PipeProject(files);
  projects.push(project);
  return project;
}

/** Runs without keeping a server of this process from answering. */
async function run(project: PipeProject, ...args: readonly string[]) {
  const child = project.start('run', ...args);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += String(text);
    });
  }
  await once(child, 'close');
  const started = [...said.matchAll(/\] (\S+) started \((.*)\)/g)];
  return {
    said,
    status: child.exitCode,
    started: started.map(([, name, why]) => `${name}: ${why}`).sort(),
  };
}

test('a file of a folder, or of one coordinate, that is edited, added or removed runs exactly what reads it', async () => {
  const project = projectOf({
    'pipeline.yaml': `
axes: { seed: [1, 2] }
stages:
  list:
    command: [sh, -c, 'cat "$1"/* > list.txt', sh, '{inputs.images}']
    matrix: []
    inputs: { images: { files: data/images } }
    outputs: { list: list.txt }
  one:
    command: [cp, '{inputs.table}', '{outputs.copy}']
    matrix: [seed]
    inputs: { table: { files: 'data/{seed}.csv' } }
    outputs: { copy: copy.csv }
`,
    'data/images/a': 'a',
    'data/images/b': 'b',
    'data/1.csv': '1',
    'data/2.csv': '2',
  });
  const list = () => readFileSync(join(project.root, 'artifacts/list/list.txt'), 'utf8');
  expect((await run(project)).started).toHaveLength(3);
  project.write('data/images/a', 'A');
  expect((await run(project)).started).toEqual(['list: input images: data/images/a edited']);
  project.write('data/images/c', 'c');
  expect((await run(project)).started).toEqual(['list: input images: data/images/c added']);
  project.remove('data/images/b');
  expect((await run(project)).started).toEqual(['list: input images: data/images/b removed']);
  expect(list()).toBe('Ac');
  project.write('data/2.csv', 'two');
  expect((await run(project)).started).toEqual(['one[seed=2]: input table: data/2.csv edited']);
  const copy = join(project.root, 'artifacts/one/seed=2/copy.csv');
  expect(readFileSync(copy, 'utf8')).toBe('two');
  expect((await run(project)).started).toEqual([]);
});

const CONTENT = 'from afar';
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

test('a download is fetched once, checked, and not needed again', async () => {
  const server = await FileServer.start();
  server.files.set('/data.txt', Buffer.from(CONTENT));
  const pipeline = (sha256: string) => `
stages:
  first:
    command: [cp, '{inputs.data}', '{outputs.copy}']
    inputs: { data: { url: '${server.url}/data.txt', sha256: ${sha256} } }
    outputs: { copy: first.txt }
  second:
    command: [cp, '{inputs.data}', '{outputs.copy}']
    inputs: { data: { url: '${server.url}/data.txt', sha256: ${sha256} } }
    outputs: { copy: second.txt }
`;
  const project = projectOf({ 'pipeline.yaml': pipeline(SHA256) });
  expect(await run(project)).toMatchObject({ status: 0 });
  const second = join(project.root, 'artifacts/second/second.txt');
  expect(readFileSync(second, 'utf8')).toBe(CONTENT);
  expect((await run(project, '--force')).status).toBe(0);
  expect(server.count('GET')).toBe(1);

  project.write('pipeline.yaml', pipeline('f'.repeat(64)));
  const wrong = await run(project, 'first');
  expect(wrong.status).toBe(1);
  expect(wrong.said).toContain(
    `first failed: ${server.url}/data.txt has other content than expected: its SHA-256 is ${SHA256}, not fff`,
  );

  server.mischief = (request) => {
    request.socket.destroy();
    return true;
  };
  const offline = await run(project, 'first');
  expect(offline.status).toBe(1);
  expect(offline.said).toMatch(/first failed: cannot fetch http.*data\.txt: connection lost/);
  // What was fetched is still there.
  project.write('pipeline.yaml', pipeline(SHA256));
  expect((await run(project, '--force')).status).toBe(0);
});

test('data that is edited while a command reads it makes that attempt fail', async () => {
  const project = projectOf({
    'pipeline.yaml': `
stages:
  slow:
    command: [sh, -c, 'echo reading; while [ ! -e "$2" ]; do sleep 0.01; done; cp "$1" out.txt', sh, '{inputs.data}', '{params.go}']
    inputs: { data: { files: data.txt } }
    params: { go: go }
    outputs: { out: out.txt }
`,
    'data.txt': 'before',
  });
  const go = join(project.root, 'go');
  const child = project.start('run', '--verbose', '--set', `slow.go=${go}`);
  let said = '';
  child.stdout?.on('data', (text) => {
    if (!said.includes('reading') && String(said + text).includes('reading')) {
      project.write('data.txt', 'edited meanwhile');
      writeFileSync(go, '');
    }
    said += String(text);
  });
  await once(child, 'close');
  expect(said).toContain('data.txt was altered while the stage was reading it');
  expect(child.exitCode).toBe(1);
  expect((await run(project, '--set', `slow.go=${go}`)).status).toBe(0);
  const out = readFileSync(join(project.root, 'artifacts/slow/out.txt'), 'utf8');
  expect(out).toBe('edited meanwhile');
});

test.each([
  ['of digits alone', `${'1234567890'.repeat(6)}1234`],
  ['of digits around an e', `${'1234567890'.repeat(6)}1e23`],
])(
  'a sha256 %s, which YAML takes for a number, is told with its place and the fix',
  (_, digits) => {
    const pipeline = (sha256: string) =>
      `stages:\n  one:\n    command: [cp, '{inputs.data}', '{outputs.copy}']\n    inputs:\n      data: { url: 'http://127.0.0.1:9/data', sha256: ${sha256} }\n    outputs: { copy: copy.txt }\n`;
    const project = projectOf({ 'pipeline.yaml': pipeline(digits) });
    const { stderr, status } = project.pipe('status');
    expect(status).toBe(2);
    expect(stderr).toContain('at pipeline.yaml:5:55');
    expect(stderr).toMatch(/fix: .*in quotes/);
    project.write('pipeline.yaml', pipeline(`'${digits}'`));
    expect(project.pipe('status').status).toBe(0);
  },
);
