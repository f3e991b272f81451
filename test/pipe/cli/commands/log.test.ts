import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { rank: {}, count: {} }\nprofiles: { ci: {} }\n',
  'stages/rank.ts': stage(`writeFileSync(outputs.out, 'first');`),
  'stages/count.ts': stage(`throw new Error('no luck');`),
});
afterAll(() => project.remove());

test('log says whether an instance has not run, printed nothing or failed', () => {
  const before = project.pipe('log', 'rank', '--profile', 'ci');
  expect(before.stderr).toBe(
    'error: rank has not run here\n  fix: npx pipe run rank --profile ci\n',
  );
  expect(before.status).toBe(1);
  expect(project.pipe('log', 'rank').stderr).toContain('  fix: npx pipe run rank\n');

  expect(project.pipe('run', '--keep-going').status).toBe(1);
  const { stderr, status } = project.pipe('log', 'rank');
  expect(stderr).toMatch(/^error: rank printed nothing$/m);
  expect(stderr).not.toContain('fix:');
  expect(status).toBe(1);
  expect(project.pipe('log', 'count').stdout).toMatch(/^failed: no luck\n {2}at stages\/count.ts/);
}, 60_000);
