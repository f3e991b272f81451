import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

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
  expect(said()).toMatch(
    /^1: [\s\S]*a failed: node failed with exit code 3\n[\s\S]*half way\n {2}fix: npx pipe log 'a' prints all of its log\n/,
  );
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

test('metrics of a command that are no numbers by name are one error that says what to write', () => {
  const project = new PipeProject({
    'pipeline.yaml': `stages: { fit: { command: [cp, '{inputs.data}', '{outputs.metrics}'], inputs: { data: { files: data.json } }, outputs: {}, metrics: metrics.json } }`,
  });
  projects.push(project);
  const said = (metrics: string) => {
    project.write('data.json', metrics);
    const { stdout, status } = project.pipe('run');
    return `${status}: ${stdout}`;
  };
  const fix = 'fix: write numbers by name, such as {"loss": 0.31}, and leave out what is not known';
  for (const [metrics, what] of [
    ['{"loss": NaN}', 'is not JSON'],
    ['[1]', 'is no mapping'],
    ['{"loss": null}', "has null for 'loss'"],
    ['{"loss": "low"}', `has "low" for 'loss'`],
  ]) {
    const text = said(metrics);
    expect(text).toContain(`metrics.json, the file of its metrics, ${what}`);
    expect(text).toContain(fix);
  }
  expect(said('{"loss": 0.5}')).toContain('done in');
});

test('params are checked by the JSON Schema of a command, with their places and its defaults', () => {
  const yaml = (params: string) => `
stages:
  fit:
    command: [node, fit.mjs]
    code: [fit.mjs]
    schema: fit.schema.json
    params: { ${params} }
    outputs: { out: out.json }
`;
  const schema = {
    type: 'object',
    properties: { rate: { type: 'number', maximum: 1 }, size: { type: 'integer', default: 3 } },
    required: ['rate'],
    additionalProperties: false,
  };
  const project = new PipeProject({
    'pipeline.yaml': yaml('rate: 0.5'),
    'fit.schema.json': JSON.stringify(schema),
    'fit.mjs': `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync('out.json', JSON.stringify(JSON.parse(readFileSync(process.env.PIPE_STAGE)).params));`,
  });
  projects.push(project);
  expect(run(project)).toEqual(['fit']);
  const out = () => readFileSync(join(project.root, 'artifacts/fit/out.json'), 'utf8');
  expect(JSON.parse(out())).toEqual({ rate: 0.5, size: 3 });
  const mistake = (params: string) => {
    project.write('pipeline.yaml', yaml(params));
    const { stderr, status } = project.pipe('run');
    expect(status).toBe(2);
    return stderr;
  };
  expect(mistake('rate: fast')).toMatch(
    /^error: param 'rate' of stage 'fit': expected number, received string\n {2}at pipeline\.yaml:7:21\n/,
  );
  expect(mistake('rate: 2')).toContain('expected number to be <=1\n  at pipeline.yaml:7:21');
  expect(mistake('rate: 0.5, siz: 4')).toMatch(
    /unknown param 'siz' of stage 'fit'\n {2}at pipeline\.yaml:7:26[\s\S]*did you mean 'size'\?/,
  );
  expect(mistake('size: 4')).toContain(`stage 'fit' is missing the param 'rate' (number)`);
  project.write('fit.schema.json', '{"type": "obj"}');
  expect(mistake('rate: 0.5')).toMatch(
    /fit\.schema\.json is no JSON Schema that can be used: .*\n {2}at pipeline\.yaml:6:13\n/,
  );
  schema.properties.size.default = 4;
  project.write('fit.schema.json', JSON.stringify(schema));
  project.write('pipeline.yaml', yaml('rate: 0.5'));
  expect(project.pipe('explain', 'fit').stdout).toContain('params.size 3 -> 4');
});

test('the value of a declared variable, which may be a secret, is neither shown nor kept', () => {
  const project = new PipeProject({
    'pipeline.yaml': `
stages:
  fetch: { command: [sh, -c, 'test -n "$TOKEN" && echo done > out.txt'], env: [TOKEN], outputs: { out: out.txt } }
`,
  });
  projects.push(project);
  const pipe = (token: string, ...args: readonly string[]) => {
    process.env.TOKEN = token;
    try {
      return project.pipe(...args);
    } finally {
      delete process.env.TOKEN;
    }
  };
  expect(pipe('hush-1', 'run').status).toBe(0);
  expect(project.pipe('explain', 'fetch').stdout).toContain('env TOKEN is no longer set');
  const { stdout, status } = pipe('hush-2', 'run');
  expect(status).toBe(0);
  expect(stdout).toContain('fetch started (env TOKEN has another value)');
  expect(stdout).not.toContain('hush');
  const files = readdirSync(project.root, { recursive: true, withFileTypes: true });
  const leaks = files.filter(
    (file) =>
      file.isFile() && readFileSync(join(file.parentPath, file.name), 'latin1').includes('hush'),
  );
  expect(leaks.map(({ name }) => name)).toEqual([]);
});

test('a command goes on from its checkpoint when it is tried again', () => {
  const project = new PipeProject({
    'pipeline.yaml': `
stages:
  fit: { command: [sh, fit.sh, '{checkpoint}', '{outputs.out}'], code: [fit.sh], retries: 2, outputs: { out: out.txt } }
`,
    'fit.sh': `
n=$(ls "$1" | wc -l)
touch "$1/$n"
[ "$n" -ge 2 ] || exit 7
echo "after $n" > "$2"`,
  });
  projects.push(project);
  const { stdout, status } = project.pipe('run');
  expect(status).toBe(0);
  expect(stdout).toContain('attempt 3');
  expect(readFileSync(join(project.root, 'artifacts/fit/out.txt'), 'utf8').trim()).toMatch(
    /^after\s+2$/,
  );
  expect(readdirSync(join(project.root, 'cache/checkpoints'))).toEqual([]);
});

test('a TypeScript stage runs a script that is part of its code', () => {
  const script = (text: string) => `
import { readFileSync, writeFileSync } from 'node:fs';
const [, , data, out] = process.argv;
writeFileSync(out, readFileSync(data, 'utf8') + ${JSON.stringify(text)});`;
  const project = new PipeProject({
    'pipeline.yaml': `stages: { fit: { inputs: { data: { files: data.txt } } } }`,
    'data.txt': 'data, ',
    'scripts/fit.mjs': script('one'),
    'stages/fit.ts': stage(
      `await command(['node', new URL('../scripts/fit.mjs', import.meta.url), inputs.data.path, outputs.out]);`,
      { inputs: `{ data: 'one' }` },
    ).replace('signal,', 'signal, command,'),
  });
  projects.push(project);
  const out = () => readFileSync(join(project.root, 'artifacts/fit/out.txt'), 'utf8');
  expect(run(project)).toEqual(['fit']);
  expect(out()).toBe('data, one');
  project.write('scripts/fit.mjs', script('two'));
  expect(project.pipe('explain', 'fit').stdout).toContain('scripts/fit.mjs edited');
  expect(run(project)).toEqual(['fit']);
  expect(out()).toBe('data, two');
  project.write('scripts/fit.mjs', `console.log('half way'); process.exit(3);`);
  const { stdout, status } = project.pipe('run');
  expect(status).toBe(1);
  expect(stdout).toMatch(/node failed with exit code 3[\s\S]*half way/);
});

test('a program that a command leaves running without a parent is ended with it', () => {
  const project = new PipeProject({
    'pipeline.yaml': `
stages:
  fit: { command: [sh, -c, 'sleep 60 > /dev/null 2>&1 & echo $! > pid.txt'], outputs: { pid: pid.txt } }
`,
  });
  projects.push(project);
  expect(run(project)).toEqual(['fit']);
  expect(project.pipe('log', 'fit').stdout).toContain(
    'ended a process that the stage left running',
  );
});
