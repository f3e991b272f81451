import { afterAll, expect, it } from 'vitest';
import { describeBackends } from '../../src/engine/index.ts';
import { PipeProject } from './pipe.ts';

const project = new PipeProject({ 'pipeline.yaml': 'stages: {}\n' });
afterAll(() => project.remove());

it('pipe doctor says which backends were found, which is used and why', async () => {
  const { stdout, status } = project.pipe('doctor');
  const { chosen, why, backends } = await describeBackends();
  expect(status).toBe(0);
  for (const { name, works, detail } of backends) {
    expect(stdout).toContain(`backend   ${name}: ${works ? '' : 'does not work: '}${detail}\n`);
  }
  expect(stdout).toContain(`training  uses ${chosen}: ${why}\n`);
  expect(stdout).toMatch(/^node {6}v\d+\.\d+\.\d+/m);
});
