import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PipeProject } from './pipe.ts';

const projects: PipeProject[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

/** Writes the data, the params and a constant of a library into one file, and a folder. */
const FIT = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { NAME } from './lib/name.mjs';
const [, , data, rate, seed, out] = process.argv;
const { params, outputs } = JSON.parse(readFileSync(process.env.PIPE_STAGE, 'utf8'));
console.log('fitting', params.seed, process.env.TZ, process.env.SECRET ?? 'no secret');
writeFileSync(out, [readFileSync(data, 'utf8').trim(), rate, seed, NAME, process.env.MODE].join());
mkdirSync(outputs.report);
writeFileSync(outputs.report + '/index.html', 'report');
writeFileSync(outputs.metrics, JSON.stringify({ loss: 0.5, kl: { value: 0.1, within: 0.2 } }));
`;
const GATHER = `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync('all.txt', process.argv.slice(2).map((path) => readFileSync(path, 'utf8')).join(';'));
`;

function fitProject(env: Readonly<Record<string, string>> = {}): PipeProject {
  const project = new PipeProject(
    {
      'pipeline.yaml': `
axes: { seed: [1, 2] }
stages:
  fit:
    command: [node, scripts/fit.mjs, '{inputs.data}', '{params.rate}', '{seed}', '{outputs.model}']
    code: [scripts/fit.mjs, 'scripts/lib/**/*.mjs']
    tools: [[node, scripts/version.mjs]]
    env: [MODE]
    matrix: [seed]
    inputs: { data: { files: data/train.csv } }
    params: { rate: 0.1 }
    outputs: { model: model.txt, report: report/ }
    metrics: metrics.json
  all:
    command: [node, scripts/gather.mjs, '{inputs.models}']
    code: [scripts/gather.mjs]
    matrix: []
    inputs: { models: fit/model }
    outputs: { all: all.txt }
`,
      'scripts/fit.mjs': FIT,
      'scripts/lib/name.mjs': `export const NAME = 'one';`,
      'scripts/gather.mjs': GATHER,
      'scripts/version.mjs': `console.log('version 1');`,
      'data/train.csv': '1 2\n',
    },
    env,
  );
  projects.push(project);
  return project;
}

const all = (project: PipeProject) =>
  readFileSync(join(project.root, 'artifacts/all/all.txt'), 'utf8');

/** Runs; returns the instances that ran. */
function run(project: PipeProject, ...args: readonly string[]): readonly string[] {
  const { stdout, stderr, status } = project.pipe('run', ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return [...stdout.matchAll(/\] (\S+) done in/g)].map(([, name]) => name).sort();
}

test('a command runs with its data, params, axes and variables, and again only when one of them changes', () => {
  const project = fitProject({ MODE: 'fast', SECRET: 'not declared' });
  const everything = ['all', 'fit[seed=1]', 'fit[seed=2]'];
  expect(run(project)).toEqual(everything);
  expect(all(project)).toBe('1 2,0.1,1,one,fast;1 2,0.1,2,one,fast');
  expect(existsSync(join(project.root, 'artifacts/fit/seed=1/report/index.html'))).toBe(true);
  expect(project.pipe('log', 'fit[seed=1]').stdout).toContain('fitting 1 UTC no secret');
  expect(run(project)).toEqual([]);
  project.write('scripts/lib/name.mjs', `export const NAME = 'two';`);
  expect(run(project)).toEqual(everything);
  project.write('data/train.csv', '3 4\n');
  expect(project.pipe('explain', 'fit[seed=1]').stdout).toContain('data/train.csv edited');
  expect(run(project)).toEqual(everything);
  expect(all(project)).toBe('3 4,0.1,1,two,fast;3 4,0.1,2,two,fast');
  project.write('scripts/version.mjs', `console.log('version 2');`);
  expect(project.pipe('explain', 'fit[seed=1]').stdout).toContain(
    "tool 'node scripts/version.mjs' 'version 1' -> 'version 2'",
  );
  // The results are the same bytes.
  expect(run(project)).toEqual(['fit[seed=1]', 'fit[seed=2]']);
  expect(run(project, '--set', 'fit.rate=0.2')).toEqual(everything);
});

test('another value of a declared variable is another result, one of an undeclared variable is not', () => {
  const project = fitProject();
  const pipe = (env: Readonly<Record<string, string>>) => {
    Object.assign(process.env, env);
    try {
      return run(project);
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  };
  expect(pipe({ MODE: 'fast' })).toHaveLength(3);
  expect(pipe({ MODE: 'fast', SECRET: 'x' })).toEqual([]);
  expect(pipe({ MODE: 'slow' })).toHaveLength(3);
  expect(all(project)).toContain('slow');
});

test('what is wrong with a command is one error with its place or the end of its log', () => {
  const project = new PipeProject({
    'pipeline.yaml': `
stages:
  a:
    command: [node, a.mjs, '{inputs.data}']
    code: [a.mjs]
    inputs: { data: { files: data.txt } }
    outputs: { out: out.txt }
`,
    'a.mjs': `console.log('half way'); process.exit(3);`,
  });
  projects.push(project);
  const said = (text?: string) => {
    if (text !== undefined) project.write('a.mjs', text);
    const { stdout, stderr, status } = project.pipe('run');
    return `${status}: ${stdout}${stderr}`;
  };
  expect(said()).toMatch(
    /^2: error: input 'data' of stage 'a' is missing: there is no data\.txt\n {2}at pipeline\.yaml:6:/,
  );
  project.write('data.txt', 'data');
  expect(said()).toMatch(/^1: [\s\S]*a failed: node failed with exit code 3\n[\s\S]*half way/);
  expect(said(`console.log('no output');`)).toContain(`did not write its output 'out' (out.txt)`);
  const yaml = readFileSync(join(project.root, 'pipeline.yaml'), 'utf8');
  project.write('pipeline.yaml', yaml.replace('[node, a', '[no-such-program, a'));
  expect(said()).toContain('no-such-program cannot be started: there is no such program');
  project.write('pipeline.yaml', yaml.replace('code: [a.mjs]', 'code: []'));
  expect(said()).toContain(
    'the command names a.mjs, a file of the project that is not in its code',
  );
  project.write('pipeline.yaml', yaml.replace('{inputs.data}', '{inputs.dta}'));
  expect(said()).toMatch(/the stage has no input 'dta'[\s\S]*did you mean 'data'\?/);
});
