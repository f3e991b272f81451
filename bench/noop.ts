/**
 * What a run with nothing to do costs, beside a bare node process that imports the same modules and
 * stats the same files, and beside `node -e 0`.
 *
 *     npm run bench:noop                 150 and 1,000 instances
 *     npm run bench:noop -- 10000        other sizes; making 10,000 instances takes a minute
 *     npm run bench:noop -- --json       one JSON object per line
 */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentSnapshot } from '../src/loader/code.ts';

const ROUNDS = 15;
const CHAIN = 10;

const packageRoot = currentSnapshot()?.packageRoot ?? process.cwd();
const bin = join(packageRoot, 'src/loader/pipe.mjs');
const options = process.argv.slice(2);
const sizes = options.filter((option) => /^\d+$/.test(option)).map(Number);

interface Measurement {
  /** Median seconds. */
  readonly seconds: number;
  /** Peak resident memory in MB. */
  readonly memory: number;
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-noop-')));
try {
  for (const size of sizes.length > 0 ? sizes : [150, 1000]) measureSize(size);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measureSize(size: number): void {
  const project = makeProject(size);
  const began = performance.now();
  const full = run([bin, 'run'], project);
  const perStage = (performance.now() - began) / size;
  if (full.status !== 0) throw new Error(`the first run failed:\n${full.stdout}${full.stderr}`);
  const probe = writeProbe(project);
  const bare = writeBare(project);
  const commands: Readonly<Record<string, readonly string[]>> = {
    'node -e 0': ['-e', '0'],
    'bare node': [bare],
    'pipe run': [bin, 'run'],
  };
  const seconds: Record<string, number[]> = {};
  const memory: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    // In turn, so that a disturbance meets all of them.
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const { status, stderr } = run(args, project);
      seconds[name] = [...(seconds[name] ?? []), (performance.now() - start) / 1000];
      if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    }
  }
  for (const [name, args] of Object.entries(commands)) {
    const { stderr } = run(['--import', probe, ...args], project);
    memory[name] = Number(/maxRSS (\d+)/.exec(stderr)?.[1] ?? 0) / 1024;
  }
  const results = Object.keys(commands).map((name): readonly [string, Measurement] => [
    name,
    { seconds: median(seconds[name]), memory: memory[name] },
  ]);
  report(size, results, perStage);
}

function report(
  size: number,
  results: readonly (readonly [string, Measurement])[],
  perStage: number,
): void {
  if (options.includes('--json')) {
    for (const [tool, { seconds, memory }] of results) {
      const line = { tool, stages: size, scenario: 'noop', seconds, memoryMB: Math.round(memory) };
      console.log(JSON.stringify(line));
    }
    return;
  }
  const bare = results.find(([name]) => name === 'bare node')?.[1].seconds ?? 1;
  console.log(`\n${size} instances (first run: ${perStage.toFixed(1)} ms each)`);
  console.log('                 seconds   of bare   peak MB');
  for (const [name, { seconds, memory }] of results) {
    const ratio = (seconds / bare).toFixed(2);
    const cells = [
      seconds.toFixed(3).padStart(9),
      ratio.padStart(9),
      memory.toFixed(0).padStart(9),
    ];
    console.log(`${name.padEnd(15)}${cells.join(' ')}`);
  }
}

/** Chains of ten trivial stages. */
function makeProject(size: number): string {
  const root = join(folder, String(size));
  mkdirSync(join(root, 'stages'), { recursive: true });
  const chains = Array.from({ length: Math.ceil(size / CHAIN) }, (_, i) => i);
  const stages = Array.from({ length: CHAIN }, (_, i) =>
    i === 0 ? '  s0: { use: first }' : `  s${i}: { use: next, inputs: { from: s${i - 1}/out } }`,
  );
  writeFileSync(
    join(root, 'pipeline.yaml'),
    `axes: { chain: [${chains.join(', ')}] }\nstages:\n${stages.join('\n').replaceAll('{ use', '{ matrix: [chain], use')}\n`,
  );
  const stage = (inputs: string, body: string) => `
    import { readFileSync, writeFileSync } from 'node:fs';
    export default {
      params: { shape: { chain: true }, safeParse: (data: unknown) => ({ success: true, data }) },
      inputs: ${inputs},
      outputs: { out: 'out.txt' },
      run({ params, inputs, outputs }: any) { writeFileSync(outputs.out, ${body}); },
    };`;
  writeFileSync(join(root, 'stages/first.ts'), stage('{}', 'String(params.chain)'));
  const next = `readFileSync(inputs.from.path, 'utf8') + '.'`;
  writeFileSync(join(root, 'stages/next.ts'), stage(`{ from: 'one' }`, next));
  return root;
}

/** A module that tells the peak memory at the end. */
function writeProbe(root: string): string {
  const path = join(root, 'probe.mjs');
  writeFileSync(
    path,
    `process.on('exit', () => console.error('maxRSS', process.resourceUsage().maxRSS));\n`,
  );
  return pathToFileURL(path).href;
}

/** A script that imports what a run with nothing to do imports, and stats what it stats. */
function writeBare(root: string): string {
  const modules = listModules(root);
  const files = [
    ...listFiles(join(root, 'artifacts')),
    ...listFiles(join(root, 'stages')),
    ...listFiles(join(packageRoot, 'src')),
  ];
  const path = join(root, 'bare.mjs');
  writeFileSync(join(root, 'files.json'), JSON.stringify(files));
  writeFileSync(
    path,
    `import { readFileSync, statSync } from 'node:fs';
for (const url of ${JSON.stringify(modules)}) await import(url);
for (const path of JSON.parse(readFileSync('files.json', 'utf8'))) statSync(path);\n`,
  );
  return path;
}

/** URLs of the modules that a run with nothing to do loads. */
function listModules(root: string): readonly string[] {
  const log = join(root, 'modules.txt');
  const hooks = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  if (url.startsWith('file:')) appendFileSync(${JSON.stringify(log)}, url + '\\n');
  return next(url, context);
}\n`;
  writeFileSync(join(root, 'hooks.mjs'), hooks);
  writeFileSync(
    join(root, 'register.mjs'),
    `import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n`,
  );
  run(['--import', pathToFileURL(join(root, 'register.mjs')).href, bin, 'run'], root);
  const own = /\/(pipe|register|hooks)\.mjs$/;
  return [...new Set(readFileSync(log, 'utf8').trim().split('\n'))].filter((url) => !own.test(url));
}

function listFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function run(args: readonly string[], cwd: string) {
  const maxBuffer = 1 << 28;
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
