import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, type Group, judgeBound, judgeGreater, judgeRising } from '../../claims/rules.ts';
import { spreadWithin } from '../../claims/spread.ts';
import type { AccuracyRow, CubesEvidence } from './tables.ts';

/** Diagonal accuracy with which a model tells the orders of a block apart. */
const TELLS = 0.9;
/** Diagonal accuracy, with four cubes, below which a model does not. */
const FAILS = 0.75;
/** A matrix is almost even if its diagonal is less than so many times that of an even one. */
const EVEN = 2;
/** Smaller differences of accuracy do not count. */
const TOLERANCE = 0.01;
/** Most that held-out orders may be worse. */
const GENERALISES = 0.05;
/** Numbers per vector from which a CLIP is wide. */
const WIDE = 64;
/** The published matrix has three cubes. */
const PUBLISHED_HEIGHT = 3;
/** Most of the parameters that half the layers leave: patches, words and places stay. */
const HALF = 2 / 3;

/** The published failure, and what the study expects of small models. */
export const CUBES_CLAIMS: readonly Claim<CubesEvidence>[] = [
  {
    name: 'published-clip-is-even',
    statement:
      'The published CLIP gives an almost even 6 x 6 matrix for the six orders of a red, a green and a blue cube.',
    rule: `with the files of a pretrained CLIP, the mean share of the right caption of three cubes is below ${EVEN} times 1/6; undecided without such files`,
    judge: ({ own }) => {
      const rows = own.filter(
        ({ isPretrained, height }) => isPretrained === 1 && height === PUBLISHED_HEIGHT,
      );
      if (rows.length === 0) {
        return undecided(
          'not reproduced: no package registry has a pretrained CLIP. `npx pipe run cubes-own` tests files of your own',
        );
      }
      const pictures = rows.reduce((sum, row) => sum + row.pictures, 0);
      const share = rows.reduce((sum, row) => sum + row.diagonal * row.pictures, 0) / pictures;
      return holdsIf(share < EVEN / 6, `mean share of the right caption ${digits(share)}`);
    },
  },
  {
    name: 'wide-clip-tells-orders',
    statement: 'A CLIP of 64 dimensions or more tells all orders apart, also held-out ones.',
    rule: `accuracy of pictures above ${TELLS} at every height and d >= ${WIDE}, trained and held out, in every seed; fails if in none`,
    judge: ({ accuracy }) =>
      allOf(
        heightsOf(accuracy).flatMap((height) =>
          dimsOf(accuracy)
            .filter((d) => d >= WIDE)
            .flatMap((d) =>
              (['trained', 'held out'] as const).map((captions) =>
                judgeBound(
                  group(accuracy, { model: 'clip', d, batches: 'orders', height, captions }),
                  'accuracy',
                  'above',
                  TELLS,
                ),
              ),
            ),
        ),
      ),
  },
  {
    name: 'narrow-clip-fails',
    statement: 'A CLIP of four dimensions does not tell the 24 orders of four cubes apart.',
    rule: `accuracy of pictures of four cubes at d = 4 below ${FAILS} in every seed; fails if in none`,
    judge: ({ accuracy }) =>
      judgeBound(
        group(accuracy, { model: 'clip', d: 4, batches: 'orders', height: 4 }),
        'accuracy',
        'below',
        FAILS,
      ),
  },
  {
    name: 'accuracy-rises-with-d',
    statement: 'The more dimensions, the more orders of the tallest stacks a CLIP tells apart.',
    rule: `accuracy of pictures of the tallest stacks rises along d, no step falls by more than ${TOLERANCE}`,
    judge: ({ accuracy }) => {
      const height = tallest(accuracy);
      const groups = dimsOf(accuracy).map((d) =>
        group(accuracy, { model: 'clip', d, batches: 'orders', height }),
      );
      return judgeRising(groups, spreadOf(groups), 'accuracy', TOLERANCE);
    },
  },
  {
    name: 'late-interaction-beats-one-vector',
    statement:
      'With as many numbers per vector, MaxSim over patches and words beats one vector each.',
    rule: `accuracy of pictures of the tallest stacks greater than that of the CLIP of the same d, by more than ${TOLERANCE}`,
    judge: ({ accuracy }) =>
      allOf(
        [...new Set(accuracy.filter(({ model }) => model === 'late').map(({ d }) => d))].map((d) =>
          compare(
            accuracy,
            { model: 'late', d, batches: 'orders' },
            { model: 'clip', d, batches: 'orders' },
          ),
        ),
      ),
  },
  {
    name: 'half-size-beats-a-narrow-clip',
    statement:
      'A cross-encoder of half the size has no dimension to run into: it beats a CLIP of four.',
    rule: `half the layers, at most ${digits(HALF)} of the parameters, and accuracy of pictures of the tallest stacks greater by more than ${TOLERANCE}`,
    judge: ({ accuracy, trainings }) => {
      const sizes = (model: string, d: number) =>
        trainings.filter((row) => row.model === model && row.d === d).map((row) => row.parameters);
      const [cross, clip] = [sizes('cross', 0)[0], sizes('clip', 4)[0]];
      if (cross === undefined || clip === undefined) return undecided('not trained here');
      return allOf([
        holdsIf(cross <= HALF * clip, `${cross} of ${clip} parameters`),
        compare(
          accuracy,
          { model: 'cross', d: 0, batches: 'orders' },
          { model: 'clip', d: 4, batches: 'orders' },
        ),
      ]);
    },
  },
  {
    name: 'held-out-orders-follow',
    statement: 'Orders that training leaves out are told apart nearly as well as the others.',
    rule: `of three cubes and more, accuracy of held-out captions' pictures less than ${GENERALISES} below that of trained ones, for every model that tells the trained ones apart, in every seed; fails for one if in none`,
    judge: ({ accuracy }) => {
      const parts: Judgement[] = [];
      for (const height of heightsOf(accuracy).filter((n) => n >= 3)) {
        for (const { model, d, batches } of modelsOf(accuracy)) {
          const of = { model, d, batches, height };
          const trained = group(accuracy, { ...of, captions: 'trained' });
          const heldOut = group(accuracy, { ...of, captions: 'held out' });
          if (trained.values.some((value) => value <= TELLS)) continue;
          const gaps = trained.values.map((value, i) => value - heldOut.values[i]);
          parts.push(
            judgeBound({ name: trained.name, values: gaps }, 'difference', 'below', GENERALISES),
          );
        }
      }
      return allOf(parts);
    },
  },
  {
    name: 'orders-apart-give-an-even-matrix',
    statement:
      'A CLIP that never met two orders of the same colours in one batch gives an almost even matrix, as the published one does.',
    rule: `mean share of the right caption of three cubes below ${EVEN} times 1/6 in every seed; fails if in none`,
    judge: ({ accuracy }) => {
      const rows = accuracy.filter(
        (row) => row.model === 'clip' && row.batches === 'apart' && row.height === PUBLISHED_HEIGHT,
      );
      const values = bySeed(rows, ({ diagonal }) => diagonal);
      return judgeBound({ name: 'orders apart', values }, 'share', 'below', EVEN / 6);
    },
  },
  {
    name: 'orders-apart-are-learnt-worse',
    statement: 'Batches in which only the order tells captions apart teach the order.',
    rule: `accuracy of pictures of the tallest stacks greater than that of the same CLIP with orders apart, by more than ${TOLERANCE}`,
    judge: ({ accuracy }) => {
      const apart = modelsOf(accuracy).filter(
        ({ model, batches }) => model === 'clip' && batches === 'apart',
      );
      return allOf(apart.map((model) => compare(accuracy, { ...model, batches: 'orders' }, model)));
    },
  },
  {
    name: 'files-score-alike',
    statement:
      'Read back from two ONNX files and a tokenizer, the small CLIP tells the same orders apart.',
    rule: `accuracy of pictures within ${TOLERANCE} of the one before the export, at every height, trained and held out`,
    judge: ({ exported, own }) => {
      if (own.some(({ isPretrained }) => isPretrained === 1)) {
        return undecided('the files are those of another CLIP');
      }
      return allOf(
        exported.map(({ height, captions, ofPictures }): Judgement => {
          const read = own.find((row) => row.height === height && row.captions === captions);
          const found = read?.ofPictures ?? Number.NaN;
          return holdsIf(
            Math.abs(found - ofPictures) <= TOLERANCE,
            `${height} cubes, ${captions}: ${digits(ofPictures)}, from files ${digits(found)}`,
          );
        }),
      );
    },
  },
];

type Model = Pick<AccuracyRow, 'model' | 'd' | 'batches'>;

function isOf(row: Model, { model, d, batches }: Model): boolean {
  return row.model === model && row.d === d && row.batches === batches;
}

function modelsOf(accuracy: readonly AccuracyRow[]): readonly Model[] {
  return accuracy.filter((row, i) => accuracy.findIndex((other) => isOf(row, other)) === i);
}

/** Numbers per vector of the CLIPs, ascending. */
export function dimsOf(accuracy: readonly AccuracyRow[]): readonly number[] {
  const clips = accuracy.filter(({ model, batches }) => model === 'clip' && batches === 'orders');
  return [...new Set(clips.map(({ d }) => d))].sort((a, b) => a - b);
}

export function heightsOf(accuracy: readonly AccuracyRow[]): readonly number[] {
  return [...new Set(accuracy.map(({ height }) => height))].sort((a, b) => a - b);
}

function tallest(accuracy: readonly AccuracyRow[]): number {
  return Math.max(...heightsOf(accuracy));
}

/** One value per seed: the mean over pictures of trained and held-out captions. */
function bySeed(
  rows: readonly AccuracyRow[],
  measure: (row: AccuracyRow) => number,
): readonly number[] {
  return [...new Set(rows.map(({ seed }) => seed))].map((seed) => {
    const own = rows.filter((row) => row.seed === seed);
    const pictures = own.reduce((sum, row) => sum + row.pictures, 0);
    return own.reduce((sum, row) => sum + measure(row) * row.pictures, 0) / pictures;
  });
}

/** Accuracy of pictures by seed. */
function group(
  accuracy: readonly AccuracyRow[],
  wanted: Model & { readonly height: number; readonly captions?: AccuracyRow['captions'] },
): Group {
  const { model, d, height, captions, batches } = wanted;
  const rows = accuracy.filter(
    (row) =>
      isOf(row, wanted) &&
      row.height === height &&
      (captions === undefined || row.captions === captions),
  );
  const parts = [model, d > 0 ? `d = ${d}` : '', batches === 'apart' ? batches : ''];
  const name = `${parts.filter(Boolean).join(' ')}, ${height} cubes${captions === undefined ? '' : `, ${captions}`}`;
  return { name, values: bySeed(rows, ({ ofPictures }) => ofPictures) };
}

function spreadOf(groups: readonly Group[]) {
  return spreadWithin(groups.map(({ values }) => values));
}

/** Whether the first model tells more orders of the tallest stacks apart. */
function compare(accuracy: readonly AccuracyRow[], first: Model, second: Model): Judgement {
  const height = tallest(accuracy);
  const [a, b] = [first, second].map((model) => group(accuracy, { ...model, height }));
  if (a.values.length === 0 || b.values.length === 0) return undecided('not trained here');
  const all = modelsOf(accuracy).map((model) => group(accuracy, { ...model, height }));
  return judgeGreater(a, b, spreadOf(all), 'accuracy', TOLERANCE);
}
