import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { reads: { } }',
  'data/table.csv': 'undeclared',
});
afterAll(() => project.remove());

/** Runs a stage that makes a copy of what this expression gives. */
function reading(expression: string) {
  project.write('stages/reads.ts', stage(`writeFileSync(outputs.out, ${expression});`));
  const { status, stdout, stderr } = project.pipe('run');
  return { status, said: stdout + stderr };
}

test('a file of the project that a stage reads is part of its key, or is not found', () => {
  for (const [expression, why] of [
    [`readFileSync('data/table.csv')`, 'ENOENT: no such file or directory'],
    [`readFileSync(join(process.env.PWD ?? '', 'data/table.csv'))`, 'ENOENT: no such file'],
    [`String(process.env.INIT_CWD ?? readFileSync('none'))`, 'ENOENT: no such file'],
    [
      `readFileSync(new URL('../data/none.csv', import.meta.url))`,
      `'stages/reads.ts' reads '../data/none.csv', which does not exist`,
    ],
  ]) {
    const { status, said } = reading(expression);
    expect(said).toContain(why);
    expect(status).not.toBe(0);
  }

  for (const folder of ['.', '../data']) {
    const read = `readFileSync(new URL('${folder}/table.csv', import.meta.url))`;
    for (const text of ['one', 'two']) {
      project.write(`stages/${folder}/table.csv`, text);
      expect(reading(read).status).toBe(0);
      expect(readFileSync(join(project.root, 'artifacts/reads/out.txt'), 'utf8')).toBe(text);
    }
  }
  expect(project.pipe('run').stdout).toContain('nothing to do');
}, 60_000);
