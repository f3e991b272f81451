import { expect, test } from 'vitest';
import { SCENES_CLAIMS } from '../../../src/studies/scenes/claims.ts';
import { LEVELS, type ScenesEvidence, type ScoreRow } from '../../../src/studies/scenes/tables.ts';
import { verdicts } from '../verdicts.ts';

/** As the source expects: deeper queries are harder, lists are not, and d = 64 is enough. */
function expected({ model, d, level }: Pick<ScoreRow, 'model' | 'd' | 'level'>): number {
  const depth = { exist: 1, count: 1, relation: 1, 'two atoms': 2, 'three atoms': 3, list: 0.1 };
  const geometry = d === 64 || model === 'half' ? 0 : (0.8 / d) * depth[level];
  return model === 'floor' ? geometry : geometry + 0.02;
}

function evidence(change: (row: ScoreRow) => Partial<ScoreRow> = () => ({})): ScenesEvidence {
  const models = [
    ...[4, 8, 16, 64].flatMap((d) => [
      { model: 'floor', d } as const,
      { model: 'contrastive', d } as const,
    ]),
    { model: 'half', d: 0 } as const,
  ];
  const scores = models.flatMap(({ model, d }) =>
    [1, 2].flatMap((seed) =>
      LEVELS.map((level): ScoreRow => {
        const kl = expected({ model, d, level }) + 0.0001 * seed;
        const row = { model, d, seed, level, queries: 9, size: 9, kl, overlap: 1, parameters: 9 };
        return { ...row, ...change(row) };
      }),
    ),
  );
  const subsets = [
    { atoms: 'relation', depth: 1, subsets: 1000, bits: 10 },
    { atoms: 'relation', depth: 2, subsets: 1e6, bits: 20 },
  ];
  return { scenes: 64, subsets, scores };
}

test('scores as the source expects hold every claim', () => {
  for (const [claim, verdict] of Object.entries(verdicts(SCENES_CLAIMS, evidence()))) {
    expect([claim, verdict]).toEqual([claim, 'holds']);
  }
});

test.each([
  [
    'eight numbers suffice',
    ({ model, d }: ScoreRow) => (model === 'floor' && d === 8 ? { kl: 0.001 } : {}),
    'natural-queries-run-into-the-dimension',
  ],
  [
    'three atoms are easy',
    ({ model, level }: ScoreRow) =>
      model === 'floor' && level === 'three atoms' ? { kl: 0.06 } : {},
    'depth-needs-more-dimensions',
  ],
  [
    'lists are hard',
    ({ model, level }: ScoreRow) => (model === 'floor' && level === 'list' ? { kl: 0.3 } : {}),
    'lists-of-three-are-easy',
  ],
  [
    '64 numbers do not suffice',
    ({ model, d }: ScoreRow) => (model === 'floor' && d === 64 ? { kl: 0.01 } : {}),
    'as-many-dimensions-as-scenes-suffice',
  ],
  [
    'an encoder is better than the floor',
    ({ model, d }: ScoreRow) => (model === 'contrastive' && d === 4 ? { kl: 0.02 } : {}),
    'no-encoder-below-the-floor',
  ],
  [
    'the widest model is the worst',
    ({ model, d }: ScoreRow) => (model === 'contrastive' && d === 64 ? { kl: 2 } : {}),
    'error-falls-with-d',
  ],
  [
    'half the size is worse',
    ({ model }: ScoreRow) => (model === 'half' ? { kl: 2 } : {}),
    'half-size-beats-narrow-models',
  ],
] as const)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(SCENES_CLAIMS, evidence(change))[claim]).toBe('fails');
});

test('counts decide about sets, or nothing does', () => {
  const all = evidence();
  const counts = (subsets: number) => [
    all.subsets[0],
    { atoms: 'relation', depth: 2, subsets, bits: Math.log2(subsets) },
  ];
  const few = verdicts(SCENES_CLAIMS, { ...all, subsets: counts(2000) });
  expect(few['conjunctions-multiply-subsets']).toBe('fails');
  const many = verdicts(SCENES_CLAIMS, { ...all, subsets: counts(2 ** 33) });
  expect(many['descriptions-reach-few-subsets']).toBe('fails');
  const none = verdicts(SCENES_CLAIMS, { ...all, subsets: [] });
  expect(none['conjunctions-multiply-subsets']).toBe('undecided');
});
