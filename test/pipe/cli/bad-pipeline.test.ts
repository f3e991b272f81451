import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../processes.ts';
import { makeProject, removeProject, writeFiles } from '../loader/project.ts';

const BIN = fileURLToPath(new URL('../../../src/pipe/loader/pipe.mjs', import.meta.url));

const STAGE = `
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '@shatter/pipe';
export default defineStage({
  params: z.strictObject({ steps: z.int().min(1).default(1) }),
  inputs: {},
  outputs: { out: 'out.txt' },
  run({ outputs }) {
    writeFileSync(outputs.out, 'done');
  },
});
`;

let root = '';

beforeAll(() => {
  root = makeProject({
    'package-lock.json': '{ "packages": { "node_modules/zod": { "version": "4.0.0" } } }',
    'node_modules/.keep': '',
    'stages/make.ts': STAGE,
    'stages/other.ts': STAGE,
    'stages/extra/group.yaml': 'stages: {}\n',
  });
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules/zod', import.meta.url)),
    join(root, 'node_modules/zod'),
  );
});

afterAll(() => removeProject(root));

function run(pipeline: string, ...args: readonly string[]) {
  writeFiles(root, { 'pipeline.yaml': pipeline });
  const { status, stdout, stderr } = runProcess('node', [BIN, 'run', ...args], {
    cwd: root,
  });
  return { status, output: stdout + stderr };
}

test.each([
  [
    'a tab',
    'stages:\n\tmake:\n',
    ['tab in the indentation', 'pipeline.yaml:2:1', 'indent with spaces'],
  ],
  [
    'a duplicate key',
    'stages:\n  make:\n  make:\n',
    ["duplicate key 'make'", 'pipeline.yaml:3:3', 'line 2'],
  ],
  [
    'an unknown stage file',
    'stages:\n  mkae:\n',
    ['no file stages/mkae.ts', 'pipeline.yaml:2:3', "did you mean 'make'?"],
  ],
  [
    'an input of an unknown stage',
    'stages:\n  make: { inputs: { x: amke/out } }\n',
    ["reads from 'amke', which is not a stage", 'pipeline.yaml:2:24', "did you mean 'make'?"],
  ],
  [
    'a cycle',
    'stages:\n  make: { inputs: { x: other/out } }\n  other: { inputs: { x: make/out } }\n',
    ['form a cycle: make -> other -> make', 'pipeline.yaml:2:24'],
  ],
  [
    'a param of the wrong type',
    'stages:\n  make:\n    params: { steps: many }\n',
    [
      "param 'steps' of stage 'make': expected number, received string",
      'pipeline.yaml:3:22',
      '^^^^',
    ],
  ],
  [
    'an unknown param',
    'stages:\n  make:\n    params: { stesp: 3 }\n',
    ["unknown param 'stesp' of stage 'make'", 'pipeline.yaml:3:15', "did you mean 'steps'?"],
  ],
  [
    'an empty axis',
    'axes: { game: [] }\nstages:\n  make: { matrix: [game] }\n',
    ["axis 'game' is empty", 'pipeline.yaml:1:15', 'give it at least one value'],
  ],
  [
    'an unknown output',
    'stages:\n  make:\n  other: { inputs: { x: make/uot } }\n',
    ["stage 'make' has no output 'uot'", 'pipeline.yaml:3:25', "did you mean 'out'?"],
  ],
  [
    'a second document',
    'stages:\n  make:\n---\nstages: {}\n',
    ['a second document starts here', 'pipeline.yaml:3:1', 'remove it'],
  ],
  [
    'a quotation without an end',
    'stages:\n  make: { params: "x }\n',
    ['missing closing "', 'pipeline.yaml:3:1', 'add " at the end'],
  ],
  [
    'a group that is not there',
    'groups: [exrta]\nstages: { make: }\n',
    ["group 'exrta' has no file", 'pipeline.yaml:1:10', "did you mean 'extra'?"],
  ],
])('%s is an error with place and remedy, and nothing runs', (_, pipeline, parts) => {
  const { status, output } = run(pipeline);
  for (const part of parts) expect(output).toContain(part);
  expect(output).not.toContain('    at ');
  expect(status).not.toBe(0);
  expect(existsSync(join(root, 'artifacts'))).toBe(false);
});

test('an unknown profile and a wrong --set are errors too', () => {
  const pipeline = 'stages: { make: }\nprofiles: { ci: }\n';
  expect(run(pipeline, '--profile', 'ic').output).toContain("did you mean 'ci'?");
  const { status, output } = run(pipeline, '--set', 'make.steps=0');
  expect(output).toContain("param 'steps' of stage 'make': too small");
  expect(output).toContain('at --set make.steps=0');
  expect(status).not.toBe(0);
});

test('an unknown option, and an instance where a stage is meant, get a suggestion', () => {
  const pipeline = 'stages: { make: }\n';
  const { status, output } = run(pipeline, '--profiel', 'ci');
  expect(output).toBe("error: unknown option '--profiel'\n  fix: did you mean --profile?\n");
  expect(status).toBe(2);
  expect(run(pipeline, '--only', 'make[a=1]').output).toContain("--only make 'make[a=1]'");
});
