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

test('doctor describes cache, runs and lock, and an abandoned lock is no problem', () => {
  project.pipe('run');
  const sound = project.pipe('doctor');
  // The two outputs are the same bytes.
  expect(sound.stdout).toMatch(/^cache +2 actions, 1 blob of 5 B, 1 run$/m);
  expect(sound.stdout).toMatch(/^lock +free$/m);
  expect(sound.stdout).toMatch(/^node +v\d+/m);
  expect(sound.stdout).toMatch(/^disk +.* free for \//m);
  expect(sound.stdout).toMatch(/^packages +shatter: all \d+ dependencies installed$/m);
  expect(sound.status).toBe(0);

  const dead = { pid: 1, host: hostname(), boot: 'another', started: '', since: '', nonce: 'x' };
  project.write('cache/lock', JSON.stringify(dead));
  const { stdout, status } = project.pipe('doctor');
  expect(stdout).toMatch(/^lock +free; left by a killed run, the next run takes it over$/m);
  expect(status).toBe(0);
  expect(readdirSync(join(project.root, 'cache')).filter((name) => name.endsWith('.tmp'))).toEqual(
    [],
  );
}, 120_000);

test('doctor runs the checks of the file that pipeline.yaml names, and a problem fails it', () => {
  const pipeline = 'doctor: checks\nstages: { one: {}, two: { inputs: { from: one/out } } }\n';
  project.write('pipeline.yaml', pipeline);
  project.write(
    'stages/checks.ts',
    `export default async () => [{ subject: 'colour', text: 'blue' }];`,
  );
  const sound = project.pipe('doctor');
  expect(sound.stdout).toMatch(/^colour +blue$/m);
  expect(sound.status).toBe(0);

  project.write(
    'stages/checks.ts',
    `export default () => [{ subject: 'colour', text: 'it is red', fix: 'paint it' }];`,
  );
  const { stdout, status } = project.pipe('doctor');
  expect(stdout).toMatch(/^problem +it is red\n {2}fix: paint it$/m);
  expect(status).toBe(1);
}, 120_000);

test('doctor reports checks that are missing or throw, and a broken pipeline.yaml', () => {
  project.remove('stages/checks.ts');
  expect(project.pipe('doctor').stdout).toMatch(/^problem +stages\/checks.ts does not exist$/m);
  project.write('stages/checks.ts', `throw new Error('no luck');`);
  expect(project.pipe('doctor').stdout).toMatch(/^problem +stages\/checks.ts failed: no luck$/m);
  project.write('stages/checks.ts', 'export const nothing = 1;');
  expect(project.pipe('doctor').stdout).toMatch(
    /^problem +stages\/checks.ts has no function as its default export$/m,
  );
  project.write('pipeline.yaml', 'stages: { one: { parms: 1 } }\n');
  const { stdout, status } = project.pipe('doctor');
  expect(stdout).toMatch(/^problem +pipeline.yaml has 1 error\n {2}fix: npx pipe status/m);
  expect(status).toBe(1);
}, 120_000);
