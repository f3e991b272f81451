import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const write = `writeFileSync(outputs.out, JSON.stringify(params));`;

const project = new PipeProject({
  'pipeline.yaml': 'groups: [studies]\nstages: { train: }\n',
  'stages/train.ts': stage(write),
  'stages/studies/group.yaml': 'stages: { rank: { inputs: { from: train/out } } }\n',
  'stages/studies/rank.ts': stage(write, { inputs: `{ from: 'one' }` }),
});
afterAll(() => project.remove());

const has = (stage: string) => existsSync(join(project.root, 'artifacts', stage, 'out.txt'));

test('pipe run leaves groups alone, and pipe run GROUP runs them with their inputs', () => {
  expect(project.pipe('run')).toMatchObject({ status: 0 });
  expect([has('train'), has('rank')]).toEqual([true, false]);
  expect(project.pipe('run').stdout).toContain('nothing to do');
  expect(project.pipe('status').stdout).not.toContain('rank');
  expect(project.pipe('status', 'studies').stdout).toContain('rank: it has no result yet');
  expect(project.pipe('run', 'studies')).toMatchObject({ status: 0 });
  expect(has('rank')).toBe(true);
  expect(project.pipe('run', 'studies').stdout).toContain('nothing to do');
});

test('an edit in a group reruns nothing outside it', () => {
  project.write(
    'stages/studies/rank.ts',
    stage(`${write} log('anew');`, { inputs: `{ from: 'one' }` }),
  );
  project.write(
    'stages/studies/group.yaml',
    'stages: { rank: { params: { a: 1 }, inputs: { from: train/out } } }\n',
  );
  expect(project.pipe('run').stdout).toContain('nothing to do');
  const { stdout } = project.pipe('run', 'studies');
  expect(stdout).toMatch(/ rank done/);
  expect(stdout).not.toMatch(/ train (started|done)/);
});

test('pipe graph draws a group when it is named', () => {
  expect(project.pipe('graph').stdout).not.toContain('rank');
  expect(project.pipe('graph', 'studies').stdout).toMatch(/rank.*train\/out/);
});
