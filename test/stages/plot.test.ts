import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFloor } from '../../src/study/floor/table.ts';
import { EXACT } from '../../src/study/games/count-subsets.ts';
import { writeSubsetCounts } from '../../src/study/games/subset-counts-table.ts';
import { writeExamples } from '../../src/study/metrics/examples-table.ts';
import type { RunMetrics } from '../../src/study/metrics/runs.ts';
import { numbers } from '../../src/tables/column.ts';
import { readTable } from '../../src/tables/read.ts';
import { writeTable } from '../../src/tables/write.ts';
import plot from '../../stages/plot.ts';
import { runs } from '../study/charts/fixtures.ts';
import { runStage } from './run-stage.ts';

const KEYS = 27;
const EXAMPLE = { game: 'union', trueKeys: 3 } as const;

test('the stage plot summarises all runs and draws each figure, as vectors and as pixels', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plot-'));
  try {
    const all = runs(2);
    const place = (name: string, run: RunMetrics) => {
      const { deck, game, model, dim, seed } = run;
      const path = join(folder, `${name}-${game}-${dim ?? model}-${seed}.arrow`);
      return { path, axes: { deck, game, model, seed, ...(dim === undefined ? {} : { dim }) } };
    };
    const metrics = all.map((run) => {
      const artifact = place('metrics', run);
      const { deck, game, model, dim, seed, ...values } = run;
      const columns = Object.entries(values).map(([name, value]) => {
        return [name, numbers('float64', [value ?? null])] as const;
      });
      writeTable(artifact.path, { columns: Object.fromEntries(columns) });
      return artifact;
    });
    const examples = all.map((run) => {
      const artifact = place('examples', run);
      const isTrue = Uint8Array.from({ length: KEYS }, (_, key) => Number(key < 3));
      const mass = Float32Array.from(isTrue, (one) => one / 3);
      writeExamples(artifact.path, [{ query: 5, trueKeys: 3, isTrue, mass }], KEYS);
      return artifact;
    });
    const floors = all.map((run) => {
      const artifact = place('floor', run);
      const reached = { kl: 0.01, overlap: 0.9 };
      const found = { heldOut: reached, fitted: reached, worstKl: 0.02 };
      writeFloor(artifact.path, { ...found, theory: undefined, fittedSets: 9, heldOutSets: 4 });
      return artifact;
    });
    const counts = { path: join(folder, 'counts.arrow') };
    writeSubsetCounts(
      counts.path,
      (['set', 'star', 'union'] as const).map((game, i) => ({
        deck: KEYS,
        game,
        operators: null,
        pairs: game === 'union' ? 5 : 1,
        subsets: 27 * (i + 1),
        nonEmptySubsets: 27 * (i + 1),
        log2Subsets: Math.log2(27 * (i + 1)),
        method: EXACT,
      })),
    );
    const params = { pairs: 5, example: EXAMPLE };
    const inputs = { metrics, examples, floors, counts };
    const outputs = await runStage(plot, join(folder, 'figures'), params, inputs);
    expect(readTable(outputs.summary).count).toBe(all.length);
    for (const [name, path] of Object.entries(outputs)) {
      if (path.endsWith('.svg')) expect(readFileSync(path, 'utf8'), name).toContain('<svg');
      if (path.endsWith('.png')) {
        expect(readFileSync(path).subarray(1, 4).toString(), name).toBe('PNG');
      }
    }
    const kl = readFileSync(outputs.kl, 'utf8');
    for (const model of ['d = 27', 'd = 8', 'd = 4', 'non-contrastive']) {
      expect(kl).toContain(`aria-label="${model}"`);
    }
    expect(readFileSync(outputs.kl)).not.toEqual(readFileSync(outputs.overlap));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
