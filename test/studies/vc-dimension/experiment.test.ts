import { expect, test } from 'vitest';
import { vcDimensions } from '../../../src/studies/vc-dimension/experiment.ts';
import { countAll, randomPoints } from '../../../src/studies/vc-dimension/labelings.ts';
import type { LabelingRow } from '../../../src/studies/vc-dimension/tables.ts';

test('d points are shattered without a bias and d + 1 with one, and no more', async () => {
  const rows: LabelingRow[] = [];
  for (const bias of ['without', 'with'] as const) {
    for (let n = 1; n <= 5; n++) {
      const counted = await countAll(randomPoints(n, 3, 2), bias === 'with');
      rows.push({ d: 3, bias, n, seed: 2, labelings: 'all', ...counted, cover: 0 });
    }
  }
  expect(vcDimensions(rows)).toEqual([
    { d: 3, bias: 'without', vcDimension: 3, unshattered: 4, sets: 1 },
    { d: 3, bias: 'with', vcDimension: 4, unshattered: 5, sets: 1 },
  ]);
});
