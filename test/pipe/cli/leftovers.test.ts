import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const BOTH = `
axes: { n: [1, 2] }
stages: { count: { matrix: [n] }, other: }
profiles: { ci: { axes: { n: [3] } } }
`;
const LESS = `
axes: { n: [1] }
stages: { count: { matrix: [n] } }
profiles: { ci: { axes: { n: [3] } } }
`;

function projectOf(pipeline: string): PipeProject {
  const project = new PipeProject({
    'pipeline.yaml': pipeline,
    'stages/count.ts': stage(`writeFileSync(outputs.out, 'made ' + params.n);`, { params: ['n'] }),
    'stages/other.ts': stage(`writeFileSync(outputs.out, 'other');`),
  });
  onTestFinished(() => project.remove());
  return project;
}

/** A file of the user below artifacts/. */
function put(project: PipeProject, path: string, text: string): void {
  const file = join(project.root, 'artifacts', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const has = ({ root }: PipeProject, path: string) => existsSync(join(root, 'artifacts', path));

test('what no profile declares any more is removed from artifacts/, with its empty folders, and said', () => {
  const project = projectOf(BOTH);
  for (const profile of ['default', 'ci'])
    expect(project.pipe('run', '--profile', profile).status).toBe(0);
  project.write('pipeline.yaml', LESS);
  const { stdout, stderr } = project.pipe('run');
  expect(stdout + stderr).toContain('removed artifacts/count/n=2/out.txt and 1 more');
  expect(
    ['count/n=1', 'count/n=2', 'count/n=3', 'other'].map((path) => has(project, path)),
  ).toEqual([true, false, true, false]);
  project.write('pipeline.yaml', BOTH);
  expect(project.pipe('run').stdout).toContain('restored');
  expect(has(project, 'other/out.txt')).toBe(true);
});

test('files that the user put there, edited, or copied stay, and status lists them', () => {
  const project = projectOf(BOTH);
  project.pipe('run');
  put(project, 'notes/deep/a.txt', 'mine');
  put(project, 'count/n=2/mine.txt', 'mine');
  put(project, 'copy.txt', 'made 1');
  project.write('pipeline.yaml', LESS);
  project.pipe('run');
  expect(has(project, 'count/n=2/out.txt')).toBe(false);
  const listed = project.pipe('status').stdout.split('not made by the pipeline:\n')[1];
  expect(listed.trim().split('\n')).toEqual([
    'artifacts/copy.txt',
    'artifacts/count/n=2',
    'artifacts/notes',
  ]);
  expect(has(project, 'count/n=2/mine.txt')).toBe(true);
});

test('what only --set declares stays until a run without it that looks at everything, or gc', () => {
  const project = projectOf(LESS);
  project.pipe('run', '--set', 'axes.n=7');
  expect(has(project, 'count/n=7/out.txt')).toBe(true);
  expect(project.pipe('gc', '--dry-run').stdout).toContain('1 artifact');
  expect(has(project, 'count/n=7/out.txt')).toBe(true);
  expect(project.pipe('gc').stdout).toContain('1 artifact');
  expect(has(project, 'count/n=7')).toBe(false);
});

test.each([
  ['file', 'count/n=1/out.txt', 'count/n=1/out.txt.kept-1'],
  ['folder', 'count/n=1/out.txt/inside.txt', 'count/n=1/out.txt.kept-1/inside.txt'],
])('a foreign %s in the place of an artifact is moved aside, and said', (_, path, kept) => {
  const project = projectOf(LESS);
  put(project, path, 'precious');
  const { stdout, stderr, status } = project.pipe('run');
  expect(status).toBe(0);
  expect(stdout + stderr).toContain('artifacts/count/n=1/out.txt was not made by the pipeline');
  expect(stdout + stderr).toContain('it is now artifacts/count/n=1/out.txt.kept-1');
  expect(readFileSync(join(project.root, 'artifacts', kept), 'utf8')).toBe('precious');
  expect(readFileSync(join(project.root, 'artifacts/count/n=1/out.txt'), 'utf8')).toBe('made 1');
  expect(project.pipe('status').stdout).toContain('artifacts/count/n=1/out.txt.kept-1');
  expect(project.pipe('run').stdout).toContain('nothing to do');
});
