import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

/** A stage that writes its params, with a schema that makes of `lr` what the expression says. */
function projectWith(expression: string): PipeProject {
  const project = new PipeProject({
    'pipeline.yaml': 'stages:\n  a: { params: { lr: 1 } }\n',
    'stages/a.ts': stage('writeFileSync(outputs.out, JSON.stringify(params));').replace(
      'success: true, data',
      `success: true, data: { lr: ${expression} }`,
    ),
  });
  onTestFinished(() => project.remove());
  return project;
}

test('a schema with a transform is applied once, and the key has what it makes', () => {
  const project = projectWith('(data as { lr: number }).lr * 10');
  expect(project.pipe('run')).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(join(project.root, 'artifacts/a/out.txt'), 'utf8')).toBe('{"lr":10}');
  expect(project.pipe('explain', 'a').stdout).toContain('params {"lr":10}');
});

test('a schema that makes what no key can hold is refused at the place of the param', () => {
  const { stderr, status } = projectWith('new Date(0)').pipe('run');
  expect(stderr).toContain("param 'lr' of stage 'a': the schema turns it into a Date");
  expect(stderr).toContain('at pipeline.yaml:2:22');
  expect(status).toBe(2);
});
