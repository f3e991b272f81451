import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VARIANT_TABLE } from '../../src/study/metrics/variant-table.ts';
import { writeRows } from '../../src/tables/records.ts';
import plotAblations from '../../stages/plot-ablations.ts';
import { runStage } from './run-stage.ts';

test('the stage plot-ablations draws the variants of all four tables', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plot-ablations-'));
  try {
    const tableOf = (name: string) => {
      const path = join(folder, `${name}.arrow`);
      const row = { variant: `as ${name}`, game: 'star', dim: 9, seed: 1, step: 10, overlap: 1 };
      writeRows(path, VARIANT_TABLE, [
        { ...row, kl: 0.02 },
        { ...row, variant: `not as ${name}`, kl: 0.2 },
      ]);
      return { path };
    };
    const names = ['schedules', 'keyStarts', 'scores', 'queryKey'] as const;
    const [schedules, keyStarts, scores, queryKey] = names.map(tableOf);
    const inputs = { schedules, keyStarts, scores, queryKey };
    const outputs = await runStage(plotAblations, join(folder, 'figure'), {}, inputs);
    const svg = readFileSync(outputs.svg, 'utf8');
    for (const name of names) {
      expect(svg).toContain(`aria-label="as ${name}"`);
      expect(svg).toContain(`aria-label="not as ${name}"`);
    }
    expect(readFileSync(outputs.png).subarray(1, 4).toString()).toBe('PNG');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
