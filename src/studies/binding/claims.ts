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
    judge: ({ rows, trials }) => {
      const trees = rows.filter((row) => row.method === 'hadamard' && row.dimension >= MANY);
      if (trees.length === 0) return undecided(`no dimension of at least ${MANY} was measured`);
      const gaps = trees.map((row) => {
        const gap = Math.abs(row.recovered - (row.expected ?? Number.NaN));
        return { row, gap, within: gap < APPROXIMATION + 3 * standardError(row, trials) };
      });
      const { row, gap } = gaps.reduce((a, b) => (b.gap > a.gap ? b : a));
      return holdsIf(
        gaps.every(({ within }) => within),
        `largest difference ${digits(gap)}, at depth ${row.depth} and n = ${row.dimension}`,
      );
    },
  },
];

function allRecovered(rows: readonly RecoveryRow[], method: Method): Judgement {
  return allOf(
    rows
      .filter((row) => row.method === method)
      .map(({ dimension, recovered, held }) =>
        holdsIf(recovered === 1, `roles of ${dimension}: ${digits(recovered)} of ${held}`),
      ),
  );
}

function standardError({ recovered, held }: RecoveryRow, trials: number): number {
  return Math.sqrt((recovered * (1 - recovered)) / (trials * held));
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
