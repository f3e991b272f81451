import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../processes.ts';
import { PipeProject } from '../pipe.ts';

const project = new PipeProject({
  'stages/source.ts': `
    import { readFileSync, writeFileSync } from 'node:fs';
    export default {
      params: { shape: { x: true }, safeParse: (data: unknown) => ({ success: true, data }) },
      inputs: {},
      outputs: { out: 'out.txt' },
      headline: ({ out }: any) => ({ total: Number(readFileSync(out, 'utf8')) }),
      run: ({ params, outputs }: any) => writeFileSync(outputs.out, String(params.x)),
    };`,
});
afterAll(() => project.remove());

const pipeline = (x: number) => `
stages: { source: { params: { x: ${x} } } }
profiles: { large: { stages: { source: { params: { x: 100 } } } } }
`;

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  const { status, stderr } = runProcess('git', [...identity, ...args], {
    cwd: project.root,
  });
  if (status !== 0) throw new Error(stderr);
}

beforeAll(() => {
  git('init', '-q');
  for (const x of [3, 5]) {
    project.write('pipeline.yaml', pipeline(x));
    expect(project.pipe('run').status).toBe(0);
    expect(project.pipe('accept').status).toBe(0);
    git('add', 'pipeline.yaml', 'pipeline.lock.yaml');
    git('commit', '-qm', `x = ${x}`);
  }
}, 120_000);

const moved =
  '  params.x 3 -> 5: source\n\ninstance  metric  before  after  change\nsource    total   3       5      +2\n';

test('two runs, two commits, or a commit and the current results can be compared', () => {
  for (const args of [['last~1', 'last'], ['HEAD^', 'HEAD'], ['HEAD^']]) {
    const { stdout, status } = project.pipe('diff', ...args);
    expect(stdout.slice(stdout.indexOf('\n') + 1)).toBe(
      `${moved}\n0 other headline metrics unchanged\n`,
    );
    expect(status).toBe(0);
  }
});

test('without names, the accepted results are compared with the current ones', () => {
  const { stdout } = project.pipe('diff');
  expect(stdout).toBe('pipeline.lock.yaml -> profile default now\n\n1 headline metric unchanged\n');
});

test('a profile that has not run is compared by its code and params', () => {
  const { stdout } = project.pipe('diff', 'default', 'large');
  expect(stdout).toBe(
    'profile default now -> profile large now (1 of 1 not up to date)\n  params.x 5 -> 100: source\n\n0 headline metrics unchanged\n',
  );
});

test('two profiles are compared by their metrics', () => {
  project.pipe('run', '--profile', 'large');
  const { stdout } = project.pipe('diff', 'default', 'large', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    before: 'profile default now',
    after: 'profile large now',
    metrics: [{ instance: 'source', metric: 'total', before: 5, after: 100 }],
  });
});

test('an unknown name is an error that lists the alternatives, and is never an option of git', () => {
  for (const name of ['nonsense', '--output=x']) {
    const { stderr, status } = project.pipe('diff', '--', name);
    expect(stderr).toContain(`'${name}' is not a run, a profile or a commit`);
    expect(stderr).toContain('npx pipe history');
    expect(status).toBe(2);
  }
});
