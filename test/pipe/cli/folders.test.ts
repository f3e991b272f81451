import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { runProcess } from '../../processes.ts';
import { PipeProject } from './pipe.ts';

const params =
  '{ shape: { title: true, link: true }, safeParse: (data: unknown) => ({ success: true, data }) }';

/** A stage that makes a folder and a program, and one that reads both. */
const files = {
  'pipeline.yaml': `
stages:
  report: { params: { title: one } }
  read: { inputs: { report: report/pages, tool: report/tool } }
`,
  'stages/report.ts': `
    import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
    export default {
      params: ${params},
      inputs: {},
      outputs: { pages: 'pages/', tool: 'tool.sh' },
      run({ params, outputs }: any) {
        for (const folder of ['figures/ä b', 'empty/deep']) mkdirSync(outputs.pages + '/' + folder, { recursive: true });
        writeFileSync(outputs.pages + '/index.html', params.title);
        writeFileSync(outputs.pages + '/figures/ä b/one.svg', '<svg/>');
        if (params.link) symlinkSync('/etc/passwd', outputs.pages + '/figures/stolen');
        writeFileSync(outputs.tool, '#!/bin/sh\\necho ran');
        chmodSync(outputs.tool, 0o755);
      },
    };`,
  'stages/read.ts': `
    import { execFileSync } from 'node:child_process';
    import { readdirSync, writeFileSync } from 'node:fs';
    export default {
      params: ${params},
      inputs: { report: 'one', tool: 'one' },
      outputs: { text: 'text.txt' },
      run({ inputs, outputs }: any) {
        const names = readdirSync(inputs.report.path, { recursive: true }).sort().join();
        writeFileSync(outputs.text, names + ' ' + execFileSync(inputs.tool.path, { encoding: 'utf8' }));
      },
    };`,
};

let project: PipeProject;
const at = (path: string) => join(project.root, 'artifacts', path);
const page = 'report/pages/index.html';

beforeAll(() => {
  project = new PipeProject(files);
  const { status, stderr } = project.pipe('run');
  expect({ status, stderr }).toMatchObject({ status: 0 });
});
afterAll(() => project.remove());

test('a stage makes a folder and a program, and the next one reads the one and runs the other', () => {
  expect(readFileSync(at('read/text.txt'), 'utf8')).toBe(
    'empty,empty/deep,figures,figures/ä b,figures/ä b/one.svg,index.html ran\n',
  );
  expect(project.pipe('run').stdout).toContain('nothing to do');
});

test.each([
  [
    'an edited file',
    () => {
      chmodSync(at(page), 0o644);
      writeFileSync(at(page), 'edited');
    },
  ],
  ['a removed file', () => rmSync(at(page))],
  ['a removed empty folder', () => rmSync(at('report/pages/empty'), { recursive: true })],
  ['a file more', () => writeFileSync(at('report/pages/more'), '')],
  [
    'a link in place of a file',
    () => {
      rmSync(at(page));
      symlinkSync('/etc/passwd', at(page));
    },
  ],
  ['a program that may not be executed', () => chmodSync(at('report/tool.sh'), 0o444)],
  [
    'a file in place of the folder',
    () => {
      rmSync(at('report/pages'), { recursive: true });
      writeFileSync(at('report/pages'), '');
    },
  ],
  ['all of artifacts/ removed', () => rmSync(at(''), { recursive: true })],
])('%s is noticed and restored from the cache', (_, spoil) => {
  spoil();
  expect(project.pipe('status').stdout).toMatch(/^report {18}1$/m);
  const { status, stdout } = project.pipe('run');
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('restored'),
  });
  expect(readFileSync(at(page), 'utf8')).toBe('one');
  expect(statSync(at('report/pages/empty/deep')).isDirectory()).toBe(true);
  expect(existsSync(at('report/pages/more'))).toBe(false);
  expect(statSync(at('report/tool.sh')).mode & 0o111).not.toBe(0);
  expect(project.pipe('run').stdout).toContain('nothing to do');
});

test('verify reads every file of a folder, and gc keeps them all', () => {
  expect(project.pipe('gc').status).toBe(0);
  expect(project.pipe('verify')).toMatchObject({ status: 0 });
  rmSync(at('report'), { recursive: true });
  expect(project.pipe('run').stdout).toContain('restored');
});

test('verify --rerun says in which file of a folder the bytes differ', () => {
  const other = new PipeProject({
    'pipeline.yaml': 'stages: { report: { params: { title: x } } }',
    'stages/report.ts': files['stages/report.ts'].replace(
      'params.title)',
      'process.hrtime.bigint().toString())',
    ),
  });
  other.pipe('run');
  const { stdout, status } = other.pipe('verify', '--rerun', 'report');
  other.remove();
  expect(stdout).toMatch(/'pages' has different bytes, in 'index.html' from byte \d+ on/);
  expect(status).toBe(1);
});

test('show lists what a folder holds', () => {
  expect(project.pipe('show', 'pages').stdout).toBe(
    'artifacts/report/pages/figures/ä b/one.svg\nartifacts/report/pages/index.html\nartifacts/report/pages/empty/deep/\n',
  );
  expect(project.pipe('show', 'report/pages').status).toBe(0);
});

test('export packs the files of a folder with their modes, and its empty folders', () => {
  const tar = join(project.root, 'results.tar');
  expect(project.pipe('export', '-o', tar).status).toBe(0);
  const folder = join(project.root, 'unpacked');
  mkdirSync(folder);
  runProcess('tar', ['xf', tar, '-C', folder, '--strip-components=1']);
  expect(runProcess('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: folder }).status).toBe(0);
  expect(readFileSync(join(folder, 'artifacts', page), 'utf8')).toBe('one');
  expect(statSync(join(folder, 'artifacts/report/pages/empty/deep')).isDirectory()).toBe(true);
  expect(statSync(join(folder, 'artifacts/report/tool.sh')).mode & 0o111).not.toBe(0);
});

test('the lock file accepts a folder by its digest and notices another one', () => {
  expect(project.pipe('accept').status).toBe(0);
  expect(project.pipe('run', '--frozen').status).toBe(0);
  const { status, stdout, stderr } = project.pipe('run', '--frozen', '--set', 'report.title=two');
  expect(status).not.toBe(0);
  expect(stdout + stderr).toContain('report');
});

test('a link in a folder fails its stage with the place and the remedy, and nothing of it is stored', () => {
  const blobs = () => runProcess('find', [new Paths(project.root).blobs, '-type', 'f']).stdout;
  const before = blobs();
  const { status, stderr, stdout } = project.pipe('run', '--set', 'report.link=true');
  expect(status).toBe(1);
  expect(stdout + stderr).toContain(
    "its output 'pages' holds pages/figures/stolen, which is a link",
  );
  expect(stdout + stderr).toContain('copy what the link leads to');
  expect(blobs()).toBe(before);
});

test('a file where a folder is declared, and the reverse, say which', () => {
  const other = new PipeProject({
    'pipeline.yaml': 'stages: { report: { params: { title: x } } }',
    'stages/report.ts': files['stages/report.ts'].replace(
      "'pages/', tool: 'tool.sh'",
      "'pages', tool: 'tool.sh/'",
    ),
  });
  const { stdout, stderr } = other.pipe('run');
  other.remove();
  expect(stdout + stderr).toContain("wrote no regular file for its output 'pages' (pages)");
  expect(stdout + stderr).toContain("of a folder, declare 'pages/'");
});
