import { afterAll, expect, onTestFinished, test } from 'vitest';
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

test('explain says of an instance without a result what it will run after, and lists ten of them', () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1).join(', ');
  const many = new PipeProject({
    'pipeline.yaml': `
axes: { seed: [${seeds}] }
stages:
  one: { matrix: [seed] }
  two: { matrix: [], inputs: { from: one/out } }
`,
    'stages/one.ts': stage(`writeFileSync(outputs.out, 'first');`),
    'stages/two.ts': stage(`writeFileSync(outputs.out, String(inputs.from.length));`, {
      inputs: `{ from: 'many' }`,
    }),
  });
  onTestFinished(() => many.remove());
  const [first, ...upstream] = many.pipe('explain', 'two').stdout.trimEnd().split('\n');
  expect(first).toBe('two has no result yet; it will run after');
  expect(upstream).toHaveLength(11);
  expect(upstream[0]).toBe('  one[seed=1]');
  expect(upstream.at(-1)).toBe('  and 2 more');

  expect(many.pipe('run').status).toBe(0);
  many.write('stages/one.ts', stage(`writeFileSync(outputs.out, 'second');`));
  expect(many.pipe('explain', 'two').stdout).toMatch(
    /^two will run only if the outputs of one of these change\n {2}one\[seed=1\]\n/,
  );
}, 120_000);
