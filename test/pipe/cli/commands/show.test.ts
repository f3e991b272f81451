import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const write = (text: string) => stage(`writeFileSync(outputs.out, '${text}');`);

const project = new PipeProject({
  'pipeline.yaml': 'stages: { out: , other: }\n',
  'stages/out.ts': write('of the stage called out'),
  'stages/other.ts': write('of another'),
});
afterAll(() => project.remove());

test('pipe show NAME prefers the stage of that name if several have such an output', () => {
  expect(project.pipe('run')).toMatchObject({ status: 0 });
  expect(project.pipe('show', 'out').stdout.trim()).toBe('of the stage called out');
  expect(project.pipe('show', 'other/out').stdout.trim()).toBe('of another');
});

test('pipe show INSTANCE says which outputs to name', () => {
  project.write(
    'pipeline.yaml',
    'axes: { seed: [1, 2] }\nstages: { rank: { use: other, matrix: [seed] } }\n',
  );
  expect(project.pipe('show', 'rank[seed=1]')).toMatchObject({
    stderr: expect.stringContaining(
      "error: 'rank[seed=1]' is not an artifact\n  fix: name one of its outputs: 'rank[seed=1]/out'\n",
    ),
    status: 2,
  });
  expect(project.pipe('show', 'rank[seed=1]/out').stderr).toContain(
    'error: artifacts/rank/seed=1/out.txt does not exist yet\n  fix: npx pipe run rank\n',
  );
});

test('pipe show NAME lists the candidates if several stages have an output of that name', () => {
  project.write('pipeline.yaml', 'stages: { first: { use: out }, second: { use: other } }\n');
  const { status, stderr } = project.pipe('show', 'out');
  expect(status).not.toBe(0);
  expect(stderr).toContain('first/out or second/out');
});
