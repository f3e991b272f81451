import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { commandThat, packageWith, temporaryProject } from './project.ts';

test('a checkout whose cache/ is a link to elsewhere runs, and finds itself and its packages', async () => {
  const root = packageWith({
    'pipeline.yaml': '',
    ...commandThat(`
      const { findInstallation } = await import('../loader/installation.ts');
      const esbuild = await import('esbuild');
      const { root, version } = findInstallation();
      console.log(JSON.stringify({ root, version, hasEsbuild: 'build' in esbuild }));`),
  });
  const elsewhere = temporaryProject({});
  symlinkSync(elsewhere, join(root, 'cache'));
  for (let time = 0; time < 2; time += 1) {
    const { stdout } = await execa('node', [join(root, 'src/pipe/loader/pipe.mjs'), 'try'], {
      cwd: root,
    });
    expect(JSON.parse(stdout)).toEqual({ root, version: '1.2.3', hasEsbuild: true });
  }
  expect(readdirSync(elsewhere)).toContain('runner');
}, 120_000);
