import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { PipeProject } from './pipe.ts';

/** What each stage leaves behind, with what it imports for that. */
const LEAKS: Readonly<Record<string, readonly [leak: string, imports?: string]>> = {
  variable: ['own.count += 1;'],
  library: ['counts.push(1);'],
  pattern: ['pattern.test("word");'],
  commonjs: ['old.count += 1;'],
  json: ['table.rows.push(1);'],
  global: ['globalThis.leaked = true;'],
  intrinsic: ['Math.max = () => 42;'],
  prototype: ['Object.defineProperty(Array.prototype, "extra", { value: 1 });'],
  iterator: ['Object.getPrototypeOf([].values()).extra = 1;'],
  frozen: ['Object.freeze(Map.prototype);'],
  environment: [
    'process.env.LEAKED = "yes"; process.env.TZ = "Asia/Tokyo"; delete process.env.LANG;',
  ],
  folder: ['process.chdir("/");'],
  mask: ['process.umask(0);'],
  exit: ['process.exitCode = 3;'],
  listener: ['process.on("leak", () => {});'],
  trace: ['Error.stackTraceLimit = 2;'],
  patched: ['path.basename = () => "leaked";'],
  // These reach into whatever runs after them.
  timer: ['setInterval(() => { globalThis.leaked = true; }, 1);'],
  quiet: ['setInterval(() => { globalThis.leaked = true; }, 1).unref();'],
  unawaited: [
    'gzip(Buffer.alloc(2e7), () => { globalThis.leaked = true; });',
    `import { gzip } from 'node:zlib';`,
  ],
  package: ['log(String(counter.add()));', `import counter from 'counter';`],
};

const LIBRARY = `
import path from 'node:path';
import old from './old.cjs';
import table from './table.json';
export { old, path, table };
export const counts: number[] = [];
export const pattern = /o/g;

/** All that the leaks change. */
export function look(own: object): string {
  return JSON.stringify({
    own, counts, old, table, last: pattern.lastIndex, path: path.basename('/a/b'), leaked: 'leaked' in globalThis,
    max: Math.max(1, 2), extra: [].extra, next: [].values().extra, frozen: Object.isFrozen(Map.prototype),
    env: [process.env.LEAKED, process.env.LANG], hour: new Date(0).getHours(), mask: process.umask(),
    inside: process.cwd().includes('tmp'), exit: process.exitCode, trace: Error.stackTraceLimit,
    listeners: process.listenerCount('leak'),
  });
}`;

const UNTOUCHED = {
  own: { count: 0 },
  counts: [],
  old: { count: 0 },
  table: { rows: [] },
  last: 0,
  path: 'b',
  leaked: false,
  max: 2,
  frozen: false,
  env: [null, 'C.UTF-8'],
  hour: 0,
  mask: 0o22,
  inside: true,
  trace: 10,
  listeners: 0,
};

function leaking([leak, imports = '']: readonly [leak: string, imports?: string]): string {
  return `
import { writeFileSync } from 'node:fs';
import { counts, look, old, path, pattern, table } from '../lib/library.ts';
${imports}
const own = { count: 0 };
const params = { shape: { n: true }, safeParse: (data: unknown) => ({ success: true, data }) };
export default {
  params,
  outputs: { out: 'out.txt' },
  run({ outputs, log }: any) {
    writeFileSync(outputs.out, look(own));
    ${leak}
  },
};`;
}

const names = Object.keys(LEAKS);

/** Instances of one stage have the same modules, which others have not. The rest reaches whatever comes next. */
function isRepeated(name: string): boolean {
  return ['variable', 'library', 'pattern', 'commonjs', 'json', 'package'].includes(name);
}

const folders = names.flatMap((name) =>
  isRepeated(name) ? [`${name}/n=1`, `${name}/n=2`] : [name],
);
const project = new PipeProject({
  'pipeline.yaml': `
axes: { n: [1, 2] }
stages:
${names.map((name) => `  ${name}: { matrix: [${isRepeated(name) ? 'n' : ''}] }`).join('\n')}
`,
  'package.json': '{ "type": "module" }',
  'package-lock.json': '{ "packages": { "node_modules/counter": { "version": "1.0.0" } } }',
  'node_modules/counter/package.json': '{ "name": "counter", "version": "1.0.0" }',
  'node_modules/counter/index.js': 'let n = 0; exports.add = () => ++n;',
  'lib/library.ts': LIBRARY,
  'lib/old.cjs': 'exports.count = 0;',
  'lib/table.json': '{ "rows": [] }',
  ...Object.fromEntries(names.map((name) => [`stages/${name}.ts`, leaking(LEAKS[name])])),
});
afterAll(() => project.remove());

test.each([1, 3])('no instance finds what others left in a process, with --jobs %d', (jobs) => {
  project.forget();
  const { stdout, stderr, status } = project.pipe('run', '--jobs', String(jobs));
  expect([status, stdout, stderr]).toEqual([
    0,
    expect.stringContaining(`${folders.length} ran`),
    '',
  ]);
  for (const folder of folders) {
    const text = readFileSync(join(project.root, `artifacts/${folder}/out.txt`), 'utf8');
    expect({ folder, ...JSON.parse(text) }).toEqual({ folder, ...UNTOUCHED });
  }
  const paths = new Paths(project.root);
  const counts = [1, 2].map((n) => readFileSync(paths.log(`package[n=${n}]`), 'utf8'));
  expect(counts).toEqual(['1\n', '1\n']);
});
