import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-places-')));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const project = new PipeProject(
  {
    'pipeline.yaml': 'stages: { shows: {}, throws: {} }',
    'stages/breaks.ts': `
interface Erased {
  readonly lines: true;
}
const table: any = undefined;
export default table.stage;`,
    'stages/shows.ts': stage(
      `log('\\x1b[31mred\\rgreen'); throw new Error('the \\x1b[2J sky', { cause: new Error('gravity') });`,
    ),
    'stages/throws.ts': `
import { read } from '../src/read.ts';
${stage('interface Erased { readonly line: true }\n read();')}`,
    'src/read.ts': `interface Erased {
  readonly lines: true;
}
export function read(x?: any): unknown {
  return x.missing;
}`,
  },
  {},
  join(parent, "a (b) 50% #1? ünï 'q'"),
);

test('a failure names its places in the project, in a folder with any name: shown, logged and recorded', () => {
  const { stdout, status } = project.pipe('run', 'throws');
  expect(status).toBe(1);
  const place = 'src/read.ts:5:12';
  expect(stdout).toMatch(
    /throws failed: TypeError: Cannot read properties of undefined \(reading 'missing'\)\n {2}at src\/read\.ts:5:12\n {2}at stages\/throws\.ts:\d+:\d+\n/,
  );
  expect(stdout).toMatch(
    /1 failure:\n {2}throws: TypeError: .* \(src\/read\.ts:5:12\)\nfailed after/,
  );
  expect(project.pipe('log', 'throws').stdout).toContain(`  at ${place}\n`);
  expect(project.pipe('status').stdout).toContain(`(${place})`);
});

test('control characters in messages and log lines are written out, and a cause is told', () => {
  const { stdout } = project.pipe('run', 'shows');
  expect(stdout).toContain('shows failed: the \\x1b[2J sky, because: gravity\n');
  expect(stdout).toContain('  | \\x1b[31mred\\rgreen\n');
  expect(stdout).not.toContain('\x1b');
});

test('a stage file that throws when it is loaded is told with its line', () => {
  project.write('pipeline.yaml', 'stages: { breaks: {} }');
  const { stderr, status } = project.pipe('run');
  expect(status).toBe(2);
  expect(stderr).toContain(`Cannot read properties of undefined (reading 'stage')`);
  expect(stderr).toContain('stages/breaks.ts:6:22');
  expect(stderr).not.toMatch(/node:internal|\.m?js:/);
});
