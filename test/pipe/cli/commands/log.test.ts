import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const project = new PipeProject({
  'pipeline.yaml': 'stages: { rank: {}, count: {} }\nprofiles: { ci: {} }\n',
  'stages/rank.ts': stage(`writeFileSync(outputs.out, 'first');`),
  'stages/count.ts': stage(`throw new Error('no luck');`),
});
afterAll(() => project.remove());

test('log says whether an instance without a log has not run or printed nothing', () => {
  const before = project.pipe('log', 'rank', '--profile', 'ci');
  expect(before.stderr).toBe(
    'error: rank has not run here\n  fix: npx pipe run rank --profile ci\n',
  );
  expect(before.status).toBe(1);
  expect(project.pipe('log', 'rank').stderr).toContain('  fix: npx pipe run rank\n');

  expect(project.pipe('run', '--keep-going').status).toBe(1);
  for (const name of ['rank', 'count']) {
    const { stderr, status } = project.pipe('log', name);
    expect(stderr).toMatch(new RegExp(`^error: ${name} printed nothing$`, 'm'));
    expect(stderr).not.toContain('fix:');
    expect(status).toBe(1);
  }
}, 60_000);
