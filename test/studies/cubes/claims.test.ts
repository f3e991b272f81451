import { expect, test } from 'vitest';
import { CUBES_CLAIMS } from '../../../src/studies/cubes/claims.ts';
import type { AccuracyRow, CubesEvidence, OwnRow, Run } from '../../../src/studies/cubes/tables.ts';
import { verdicts } from '../verdicts.ts';

const MODELS: readonly Omit<Run, 'seed'>[] = [
  ...[4, 16, 64, 256].map((d) => ({ model: 'clip', d, batches: 'orders' }) as const),
  { model: 'clip', d: 64, batches: 'apart' },
  { model: 'late', d: 16, batches: 'orders' },
  { model: 'cross', d: 0, batches: 'orders' },
];

/** As expected: wider is better, MaxSim and the cross-encoder are best, orders apart teach nothing. */
function accuracyOf({ model, d, batches }: Omit<Run, 'seed'>): number {
  if (batches === 'apart') return 0.3;
  if (model !== 'clip') return 0.99;
  return { 4: 0.5, 16: 0.8, 64: 0.95, 256: 0.97 }[d] ?? Number.NaN;
}

const OWN: readonly OwnRow[] = [2, 3, 4].map((height) => ({
  isPretrained: 0,
  height,
  captions: 'trained',
  pictures: 10,
  ofPictures: 0.95,
  ofCaptions: 0.95,
  diagonal: 0.9,
}));

function evidence(change: (row: AccuracyRow) => Partial<AccuracyRow> = () => ({})): CubesEvidence {
  const accuracy = MODELS.flatMap((model) =>
    [1, 2].flatMap((seed) =>
      [2, 3, 4].flatMap((height) =>
        (['trained', 'held out'] as const).map((captions): AccuracyRow => {
          const share = accuracyOf(model) + 0.001 * seed;
          const diagonal = model.batches === 'apart' ? 0.2 : share;
          const measures = { pictures: 10, ofPictures: share, ofCaptions: share, diagonal };
          const row = { ...model, seed, height, captions, ...measures };
          return { ...row, ...change(row) };
        }),
      ),
    ),
  );
  const exported = OWN.map((row): AccuracyRow => ({ ...MODELS[2], seed: 1, ...row }));
  const trainings = [
    { ...MODELS[0], seed: 1, parameters: 300, steps: 1, loss: 0 },
    { ...MODELS[6], seed: 1, parameters: 180, steps: 1, loss: 0 },
  ];
  return { accuracy, cells: [], trainings, exported, own: OWN };
}

test('models as expected hold every claim but the one that needs a pretrained CLIP', () => {
  for (const [claim, verdict] of Object.entries(verdicts(CUBES_CLAIMS, evidence()))) {
    expect([claim, verdict]).toEqual([
      claim,
      claim === 'published-clip-is-even' ? 'undecided' : 'holds',
    ]);
  }
});

test.each([
  [
    'narrow models are as good',
    ({ d }: AccuracyRow) => (d === 4 ? { ofPictures: 0.95 } : {}),
    ['narrow-clip-fails', 'accuracy-rises-with-d'],
  ],
  [
    'wide models are as bad',
    ({ d }: AccuracyRow) => (d >= 64 ? { ofPictures: 0.5 } : {}),
    ['wide-clip-tells-orders', 'accuracy-rises-with-d'],
  ],
  [
    'MaxSim is worse',
    ({ model }: AccuracyRow) => (model === 'late' ? { ofPictures: 0.7 } : {}),
    ['late-interaction-beats-one-vector'],
  ],
  [
    'a cross-encoder is worse',
    ({ model }: AccuracyRow) => (model === 'cross' ? { ofPictures: 0.4 } : {}),
    ['half-size-beats-a-narrow-clip'],
  ],
  [
    'held-out orders are not told apart',
    ({ captions }: AccuracyRow) => (captions === 'held out' ? { ofPictures: 0.6 } : {}),
    ['held-out-orders-follow'],
  ],
  [
    'orders apart teach as much',
    ({ batches }: AccuracyRow) => (batches === 'apart' ? { ofPictures: 0.96, diagonal: 0.9 } : {}),
    ['orders-apart-give-an-even-matrix', 'orders-apart-are-learnt-worse'],
  ],
] as const)('%s: its claims fail', (_, change, claims) => {
  const judged = verdicts(CUBES_CLAIMS, evidence(change as never));
  for (const claim of claims) expect([claim, judged[claim]]).toEqual([claim, 'fails']);
});

test('a large cross-encoder is not of half the size', () => {
  const { trainings, ...rest } = evidence();
  const large = trainings.map((row) => ({ ...row, parameters: 300 }));
  expect(
    verdicts(CUBES_CLAIMS, { ...rest, trainings: large })['half-size-beats-a-narrow-clip'],
  ).toBe('fails');
});

test('files of a pretrained CLIP are judged, and those that score otherwise than before the export', () => {
  const own = (diagonal: number) => ({
    ...evidence(),
    own: OWN.map((row) => ({ ...row, isPretrained: 1, diagonal })),
  });
  expect(verdicts(CUBES_CLAIMS, own(0.2))['published-clip-is-even']).toBe('holds');
  expect(verdicts(CUBES_CLAIMS, own(0.9))['published-clip-is-even']).toBe('fails');
  expect(verdicts(CUBES_CLAIMS, own(0.9))['files-score-alike']).toBe('undecided');
  const wrong = { ...evidence(), own: OWN.map((row) => ({ ...row, ofPictures: 0.8 })) };
  expect(verdicts(CUBES_CLAIMS, wrong)['files-score-alike']).toBe('fails');
});
