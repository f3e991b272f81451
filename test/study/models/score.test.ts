import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { saveOnnx } from '../../../src/engine/index.ts';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { keyScores } from '../../../src/study/models/model.ts';
import { queryValues } from '../../../src/study/models/query-batch.ts';
import { scoringStep } from '../../../src/study/models/score.ts';
import { configuration, exampleBatch, parametersOf, run } from './fixtures.ts';

test.each([
  ['contrastive', { kind: 'pairs', pairs: 3 }],
  ['noncontrastive', { kind: 'pairs', pairs: 3 }],
  ['contrastive', { kind: 'members' }],
] as const)('a %s model saved as an .onnx file scores %o as it does here', async (kind, layout) => {
  const model: ModelConfiguration = configuration({
    model: kind,
    layout,
  } as Partial<ModelConfiguration>);
  const batch = exampleBatch(model);
  const [size, length] = [3, batch.length];
  const folder = mkdtempSync(join(tmpdir(), 'scores-'));
  try {
    const path = join(folder, 'scores.onnx');
    await saveOnnx(path, scoringStep(model, parametersOf(model), size, length));
    const session = await InferenceSession.create(readFileSync(path));
    const feeds = Object.fromEntries(
      Object.entries(queryValues(batch)).map(([name, data]) => [
        name,
        new Tensor(name === 'present' ? 'float32' : 'int32', data as Int32Array, [size, length]),
      ]),
    );
    const { scores } = await session.run(feeds);
    const { scores: want } = await run(model, parametersOf(model), batch, (p, queries) => ({
      scores: keyScores(p, model, queries),
    }));
    expect(scores.dims).toEqual([size, model.keys]);
    for (const [i, x] of (scores.data as Float32Array).entries()) expect(x).toBeCloseTo(want[i], 5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
