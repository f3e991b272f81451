import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { BindingEvidence, Method, RecoveryRow } from './tables.ts';

/** The normal approximation is judged from this n on: sums of fewer signs have lighter tails. */
const MANY = 128;
/** Largest error of the normal approximation that counts as none. */
const APPROXIMATION = 0.03;

/** Statements about binding by tensor products and by their Hadamard approximation. */
export const BINDING_CLAIMS: readonly Claim<BindingEvidence>[] = [
  {
    name: 'dual-basis-exact',
    statement: 'With independent roles the dual basis recovers every filler.',
    rule: 'every filler of every list is recovered if roles have at least as many numbers as there are bindings',
    judge: ({ rows }) => allRecovered(rows, 'dual'),
  },
  {
    name: 'self-addressing-exact-if-orthogonal',
    statement: 'Unbinding with the roles themselves is exact if they are orthogonal.',
    rule: 'every filler of every list with orthogonal roles is recovered',
    judge: ({ rows }) => allRecovered(rows, 'self, orthogonal'),
  },
  {
    name: 'self-addressing-errs-otherwise',
    statement: 'Unbinding with random roles themselves makes errors, fewer in more dimensions.',
    rule: 'the shortest roles recover less than all and less than the longest, and no step falls by more than three standard errors',
    judge: ({ rows, trials }) => {
      const lists = rows.filter(({ method }) => method === 'self');
      if (lists.length < 2) return undecided('fewer than two lengths of roles');
      const shares = lists.map(({ recovered }) => recovered);
      const errors = lists.map((row) => standardError(row, trials));
      const falls = shares.some((share, i) => i > 0 && share < shares[i - 1] - 3 * errors[i]);
      const rises = shares[shares.length - 1] > shares[0] && shares[0] < 1;
      return holdsIf(
        rises && !falls,
        lists.map((row) => `${row.dimension}: ${digits(row.recovered)}`).join(', '),
      );
    },
  },
  {
    name: 'tree-rank-doubles',
    statement:
      'Each level of recursive binding doubles the rank, until the fillers span their space, and every leaf is recovered.',
    rule: 'the rank of every tree of depth D is the smaller of 2^D and the length of a filler, and all leaves are recovered',
    judge: ({ rows, fillerLength }) =>
      allOf(
        rows
          .filter(({ method }) => method === 'tree, dual')
          .map(({ depth, rank, recovered }) =>
            holdsIf(
              rank === Math.min(2 ** depth, fillerLength) && recovered === 1,
              `depth ${depth}: rank ${rank}, recovered ${digits(recovered)}`,
            ),
          ),
      ),
  },
  {
    name: 'hadamard-needs-dimensions',
    statement:
      'The Hadamard approximation recovers more in more dimensions, and less of deeper trees.',
    rule: 'at every depth the highest dimension recovers at least as much as the lowest, in every dimension the deepest tree at most as much as the flattest, and both strictly at least once',
    judge: ({ rows }) => {
      const trees = rows.filter(({ method }) => method === 'hadamard');
      const depths = ascending(trees.map(({ depth }) => depth));
      const dims = ascending(trees.map(({ dimension }) => dimension));
      if (depths.length < 2 || dims.length < 2)
        return undecided('fewer than two depths or two dimensions');
      const share = (depth: number, n: number) =>
        trees.find((row) => row.depth === depth && row.dimension === n)?.recovered ?? Number.NaN;
      const [flat, deep] = [depths[0], depths[depths.length - 1]];
      const [few, many] = [dims[0], dims[dims.length - 1]];
      const rises = depths.map((depth) => share(depth, many) - share(depth, few));
      const falls = dims.map((n) => share(flat, n) - share(deep, n));
      const isMonotonic =
        [...rises, ...falls].every((change) => change >= 0) &&
        Math.max(...rises) > 0 &&
        Math.max(...falls) > 0;
      return holdsIf(
        isMonotonic,
        `depth ${deep}: ${digits(share(deep, few))} at n = ${few}, ${digits(share(deep, many))} at n = ${many}; ` +
          `depth ${flat}: ${digits(share(flat, few))} at n = ${few}`,
      );
    },
  },
  {
    name: 'hadamard-as-expected',
    statement: 'The share it recovers is as expected from independent, normal intrusions.',
    rule: `measured and expected shares differ by less than ${APPROXIMATION} and three standard errors wherever n is at least ${MANY}`,
    judge: (evidence) => asExpected(evidence, 'hadamard'),
  },
  {
    name: 'unitary-roles-leave-only-the-others',
    statement:
      'Convolution with unitary roles unbinds exactly: the noise is that of the other leaves, as for signs.',
    rule: `measured and expected shares differ by less than ${APPROXIMATION} and three standard errors wherever n is at least ${MANY}`,
    judge: (evidence) => asExpected(evidence, 'holographic, unitary'),
  },
  {
    name: 'convolution-noise-triples',
    statement:
      'With normal roles every level of a binary tree triples the noise instead of doubling it.',
    rule: `measured shares differ from those expected of 3^D leaves by less than ${APPROXIMATION} and three standard errors wherever n is at least ${MANY}`,
    judge: (evidence) => asExpected(evidence, 'holographic'),
  },
  {
    name: 'majority-as-expected',
    statement:
      'A majority of bits agrees with each of L leaves as the middle binomial coefficient says, and level by level with 1/2 + 2^-(D + 1).',
    rule: `measured and expected shares differ by less than ${APPROXIMATION} and three standard errors wherever n is at least ${MANY}, flat and nested`,
    judge: (evidence) =>
      allOf([asExpected(evidence, 'spatter'), asExpected(evidence, 'spatter, nested')]),
  },
  {
    name: 'recursion-costs-bits',
    statement: 'Rounding to bits at every level loses more than rounding once.',
    rule: 'nested majorities recover nowhere more than flat ones by three standard errors, and somewhere less by 0.1',
    judge: ({ rows, trials }) => {
      const gaps = rows
        .filter(({ method }) => method === 'spatter, nested')
        .flatMap((row) => {
          const flat = rows.find(
            (other) =>
              other.method === 'spatter' &&
              other.depth === row.depth &&
              other.dimension === row.dimension,
          );
          const error = flat && standardError(flat, trials) + standardError(row, trials);
          return flat && error !== undefined
            ? [{ row, gap: flat.recovered - row.recovered, error }]
            : [];
        });
      if (gaps.length === 0) return undecided('nothing to compare');
      const { row, gap } = gaps.reduce((a, b) => (b.gap > a.gap ? b : a));
      return holdsIf(
        gaps.every((one) => one.gap >= -3 * one.error) && gap > 0.1,
        `at most ${digits(gap)} less, at depth ${row.depth} and n = ${row.dimension}`,
      );
    },
  },
  {
    name: 'shape-matters-only-if-noise-is-bound',
    statement:
      'How many leaves a vector gives back depends on their number alone if roles unbind exactly, else on the height too.',
    rule: 'of as many leaves, convolution with unitary roles and the flat majority recover the same share at every height within three standard errors of the difference; with normal roles, and nested, the tallest trees give back less than the flattest by more than that',
    judge: ({ shapes, trials }) =>
      allOf(
        (['holographic, unitary', 'spatter', 'holographic', 'spatter, nested'] as const).map(
          (method, i) => {
            const rows = shapes
              .filter((row) => row.method === method)
              .sort((a, b) => a.height - b.height);
            const [flat, tall] = [rows[0], rows[rows.length - 1]];
            if (rows.length < 2) return undecided(`${method}: fewer than two shapes`);
            const error = Math.hypot(
              standardError({ ...flat, held: flat.leaves }, trials),
              standardError({ ...tall, held: tall.leaves }, trials),
            );
            const gap = flat.recovered - tall.recovered;
            const evidence = `${method}: ${digits(flat.recovered)} at height ${flat.height}, ${digits(tall.recovered)} at ${tall.height}`;
            return holdsIf(i < 2 ? Math.abs(gap) <= 3 * error : gap > 3 * error, evidence);
          },
        ),
      ),
  },
  {
    name: 'addition-favours-what-forgets',
    statement:
      'With composition fixed to addition, the tree reconstruction error is 0 for a bag, which forgets the order, and large for codes that keep it (first loophole).',
    rule: 'the bag has an error below 1e-9 and at most k codes of its own; bound codes are all distinct and have an error within 0.1 of (1 - 1/k) / 2',
    judge: ({ reconstructions, primitives }) => {
      const at = (encoder: string) =>
        reconstructions.find((row) => row.encoder === encoder && row.composition === 'addition');
      const [bag, bound] = [at('bag'), at('bound')];
      if (bag === undefined || bound === undefined) return undecided('not measured');
      const theory = (1 - 1 / primitives) / 2;
      return allOf([
        holdsIf(
          bag.error < 1e-9 && bag.distinct <= 1 / primitives + 1e-9,
          `bag: error ${digits(bag.error)}, ${digits(bag.distinct)} of the codes of one pair`,
        ),
        holdsIf(
          bound.distinct === 1 && Math.abs(bound.error - theory) < 0.1,
          `bound: error ${digits(bound.error)} (theory ${digits(theory)}), ${digits(bound.distinct)} of the codes of one pair`,
        ),
      ]);
    },
  },
  {
    name: 'open-composition-explains-anything',
    statement:
      'With composition and approximation left open, random codes, which have no parts, have no error (second loophole).',
    rule: 'with as many free vectors as pairs the error of random codes is below 1e-9, and on other pairs at least 0.95',
    judge: ({ reconstructions }) => {
      const random = reconstructions.filter(
        ({ encoder, composition }) => encoder === 'random' && composition === 'open',
      );
      if (random.length === 0) return undecided('not measured');
      const freest = random.reduce((a, b) => (b.free > a.free ? b : a));
      return holdsIf(
        freest.error < 1e-9 && freest.unseen >= 0.95,
        `${digits(freest.free)} free vectors per pair: error ${digits(freest.error)}, ${digits(freest.unseen)} on other pairs`,
      );
    },
  },
];

/** Measured against expected shares of one method, where sums are normal. */
function asExpected({ rows, trials }: BindingEvidence, method: Method): Judgement {
  const trees = rows.filter((row) => row.method === method && row.dimension >= MANY);
  if (trees.length === 0) return undecided(`no dimension of at least ${MANY} was measured`);
  const gaps = trees.map((row) => {
    const gap = Math.abs(row.recovered - (row.expected ?? Number.NaN));
    return { row, gap, within: gap < APPROXIMATION + 3 * standardError(row, trials) };
  });
  const { row, gap } = gaps.reduce((a, b) => (b.gap > a.gap ? b : a));
  return holdsIf(
    gaps.every(({ within }) => within),
    `${method}: largest difference ${digits(gap)}, at depth ${row.depth} and n = ${row.dimension}`,
  );
}

function allRecovered(rows: readonly RecoveryRow[], method: Method): Judgement {
  return allOf(
    rows
      .filter((row) => row.method === method)
      .map(({ dimension, recovered, held }) =>
        holdsIf(recovered === 1, `roles of ${dimension}: ${digits(recovered)} of ${held}`),
      ),
  );
}

function standardError(
  { recovered, held }: Pick<RecoveryRow, 'recovered' | 'held'>,
  trials: number,
): number {
  return Math.sqrt((recovered * (1 - recovered)) / (trials * held));
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
