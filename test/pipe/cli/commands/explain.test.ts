import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { one: {}, two: { inputs: { from: one/out } } }\n',
  'stages/one.ts': stage(`writeFileSync(outputs.out, 'first');`),
  'stages/two.ts': stage(`writeFileSync(outputs.out, readFileSync(inputs.from.path));`, {
    inputs: `{ from: 'one' }`,
  }),
});
afterAll(() => project.remove());

test('explain names the edited file, and the instance whose artifact changed', () => {
  project.pipe('run');
  project.write('stages/one.ts', stage(`writeFileSync(outputs.out, 'second');`));
  expect(project.pipe('explain', 'one').stdout).toBe(
    'one will run: these changed since it last ran\n  stages/one.ts edited\n',
  );
  project.pipe('run', 'one');
  expect(project.pipe('explain', 'two').stdout).toMatch(
    /^two will run: these changed since it last ran\n {2}input from [0-9a-f]{12} -> [0-9a-f]{12}, produced by one\n$/,
  );
}, 120_000);
