import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { one: {}, two: { inputs: { from: one/out } } }\n',
  'stages/one.ts': stage(`writeFileSync(outputs.out, 'first');`),
  'stages/two.ts': stage(`writeFileSync(outputs.out, 'second');`, { inputs: `{ from: 'one' }` }),
});
afterAll(() => project.remove());

const folderOf = (page: string) => page.trim().replace(/\/index\.html$/, '');

test('report refuses a profile without results and says what makes them', () => {
  const { stderr, status } = project.pipe('report');
  expect(stderr).toContain('error: profile default has no results to report');
  expect(stderr).toContain('fix: npx pipe run');
  expect(status).toBe(2);
  expect(existsSync(join(project.root, 'reports'))).toBe(false);
}, 120_000);

test('a run of which everything failed has a report that says what and why', () => {
  const failing = new PipeProject({
    'pipeline.yaml': `stages: { one: { command: [sh, -c, 'echo heard; exit 3'], outputs: { out: out.txt } } }\n`,
  });
  try {
    expect(failing.pipe('run').status).toBe(1);
    const { stdout, status } = failing.pipe('report');
    expect(status).toBe(0);
    const page = readFileSync(stdout.trim(), 'utf8');
    expect(page).toMatch(/Failed in the last run[\s\S]*one[\s\S]*sh failed with exit code 3/);
    expect(existsSync(join(folderOf(stdout), 'instances.html'))).toBe(true);
  } finally {
    failing.remove();
  }
}, 120_000);

test('report writes a folder per last run, replaces it when asked again, and lists all of them', () => {
  expect(project.pipe('run').status).toBe(0);
  const first = project.pipe('report');
  expect(first.status).toBe(0);
  const page = readFileSync(first.stdout.trim(), 'utf8');
  expect(page).toMatch(/<td>two<\/td><td class="number">1<\/td>/);
  expect(project.pipe('report').stdout).toBe(first.stdout);

  expect(project.pipe('run', '--force').status).toBe(0);
  const second = project.pipe('report');
  expect(second.stdout).not.toBe(first.stdout);
  const reports = join(project.root, 'reports');
  const entries = readdirSync(reports).sort();
  const folders = [first, second].map(({ stdout }) => folderOf(stdout).split('/').at(-1));
  expect(entries).toEqual(['.gitignore', ...folders, 'index.html', 'reports.css']);
  const list = readFileSync(join(reports, 'index.html'), 'utf8');
  for (const folder of folders) expect(list).toContain(`href="${folder}/index.html"`);
}, 120_000);

test("a project's own pages come first, with their code bundled, their data as scripts and their files", () => {
  project.write(
    'pipeline.yaml',
    'report: pages\nstages: { one: {}, two: { inputs: { from: one/out } } }\n',
  );
  project.write(
    'stages/pages.ts',
    `import { readFileSync } from 'node:fs';
     export default ({ instances, artifact, artifacts, profile }) => [{
       slug: 'story',
       title: 'Story <1>',
       html: '<p>' + [profile, instances.map(({ id }) => id), readFileSync(artifact('two', 'out'), 'utf8'),
         artifacts('one', 'out').length, artifact('one', 'none')].join(' ') + '</p>',
       scripts: ['src/story.ts'],
       data: { numbers: [1, 2] },
       files: { 'deep/out.txt': artifact('one', 'out') },
     }];`,
  );
  project.write('src/story.ts', `import { word } from './word.ts'; console.log(word as string);`);
  project.write('src/word.ts', `export const word = 'bundled';`);
  const { stdout, stderr, status } = project.pipe('report', '--out', 'public');
  expect(stderr).toBe('profile default\n');
  expect(status).toBe(0);
  const folder = folderOf(stdout);
  expect(folder.startsWith(join(project.root, 'public'))).toBe(true);
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(page).toContain('<h1>Story &lt;1&gt;</h1>');
  expect(page).toContain('<p>default one,two second 1 </p>');
  expect(page).toContain('{"numbers":"data/story/0.js"}');
  expect(readFileSync(join(folder, 'assets/story-0.js'), 'utf8')).toContain('bundled');
  expect(readFileSync(join(folder, 'data/story/0.js'), 'utf8')).toMatch(
    /^reportData\("data\/story\/0.js", "json", "/,
  );
  expect(readFileSync(join(folder, 'files/story/deep/out.txt'), 'utf8')).toBe('first');
  expect(existsSync(join(folder, 'overview.html'))).toBe(true);
}, 120_000);

test('pages of a project that are wrong are refused, and no report is written', () => {
  project.write('stages/pages.ts', `export default () => { throw new Error('bad'); };`);
  const { stderr, status } = project.pipe('report', '--out', 'none');
  expect(stderr).toContain('stages/pages.ts failed: bad\n  at stages/pages.ts:1:');
  expect(status).toBe(1);
  expect(existsSync(join(project.root, 'none'))).toBe(false);
}, 120_000);

test('report leaves a folder alone that is no report', () => {
  project.write('pipeline.yaml', 'stages: { one: {}, two: { inputs: { from: one/out } } }\n');
  const id = folderOf(project.pipe('report').stdout).split('/').at(-1);
  project.write(`mine/${id}/precious.txt`, 'mine');
  const { stderr, status } = project.pipe('report', '--out', 'mine');
  expect(stderr).toContain('is no report');
  expect(status).toBe(2);
  expect(readdirSync(join(project.root, 'mine'))).toEqual([id]);
}, 120_000);

test('report says which instances failed in the last run and why, and that a stage is a command', () => {
  project.write(
    'pipeline.yaml',
    `stages:
  one: {}
  bad: {}
  said: { command: [sh, -c, 'echo done > "$0"', '{outputs.out}'], outputs: { out: out.txt } }
`,
  );
  project.write('stages/bad.ts', stage(`throw new Error('no <b>luck</b>');`));
  expect(project.pipe('run', '--keep-going').status).toBe(1);
  const { stdout, stderr, status } = project.pipe('report', '--out', 'failed');
  expect([status, stderr]).toEqual([0, 'profile default\n1 instance without a result\n']);
  const read = (name: string) => readFileSync(join(folderOf(stdout), name), 'utf8');
  expect(read('index.html')).toContain(
    '<td><a href="instances.html#bad">bad</a></td><td>no &lt;b&gt;luck&lt;/b&gt;</td>',
  );
  expect(read('graph.html')).toContain('<td>command sh</td>');
  expect(read('graph.html')).toContain('<td><code>stages/bad.ts</code></td>');
}, 120_000);
