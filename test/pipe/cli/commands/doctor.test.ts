import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
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

test('doctor tells of cache, runs and lock, and that a lock left behind does no harm', () => {
  project.pipe('run');
  const sound = project.pipe('doctor');
  // The two outputs are the same bytes.
  expect(sound.stdout).toMatch(/^cache +2 actions, 1 blob of 5 B, 1 run$/m);
  expect(sound.stdout).toMatch(/^lock +free$/m);
  expect(sound.stdout).toMatch(/^node +v\d+/m);
  expect(sound.stdout).toMatch(/^disk +.* free$/m);
  expect(sound.stdout).toMatch(/^training +uses /m);
  expect(sound.status).toBe(0);

  const dead = { pid: 1, host: hostname(), boot: 'another', started: '', since: '', nonce: 'x' };
  project.write('cache/lock', JSON.stringify(dead));
  const { stdout, status } = project.pipe('doctor');
  expect(stdout).toMatch(/^lock +free; a run that was killed left it, the next takes it over$/m);
  expect(status).toBe(0);
  expect(readdirSync(join(project.root, 'cache')).filter((name) => name.endsWith('.tmp'))).toEqual(
    [],
  );
}, 120_000);

test('explain names the instance whose artifact is another, and the package or file that is', () => {
  project.write('stages/one.ts', stage(`writeFileSync(outputs.out, 'second');`));
  expect(project.pipe('explain', 'one').stdout).toBe(
    'one would run: since it last ran like this\n  stages/one.ts edited\n',
  );
  project.pipe('run', 'one');
  expect(project.pipe('explain', 'two').stdout).toMatch(
    /^two would run: since it last ran like this\n {2}input from [0-9a-f]{12} -> [0-9a-f]{12}, made by one\n$/,
  );
}, 120_000);
