import { allOf, type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { Method, Recovery } from './study.ts';

export interface BindingEvidence {
  readonly rows: readonly Recovery[];
  readonly fillerLength: number;
  /** Structures per row. */
  readonly trials: number;
}

/** The central limit theorem needs numbers to add: below, the normal tail is too heavy. */
const MANY = 128;
/** What the normal approximation may be off by from there on. */
const APPROXIMATION = 0.03;

/** What is said of binding by tensor products and of its approximation. */
export const BINDING_CLAIMS: readonly Claim<BindingEvidence>[] = [
  {
    name: 'dual-basis-exact',
    statement: 'With independent roles the dual basis recovers every filler.',
    rule: 'every filler of every list comes back where roles have at least as many numbers as there are bindings',
    judge: ({ rows }) => allRecovered(rows, 'dual'),
  },
  {
    name: 'self-addressing-exact-if-orthogonal',
    statement: 'Unbinding with the roles themselves is exact if they are orthogonal.',
    rule: 'every filler of every list with orthogonal roles comes back',
    judge: ({ rows }) => allRecovered(rows, 'self, orthogonal'),
  },
  {
    name: 'self-addressing-errs-otherwise',
    statement:
      'With random roles, unbinding with the roles themselves errs, less in more dimensions.',
    rule: 'the shortest roles recover less than all and less than the longest, and no step falls by more than three standard errors',
    judge: ({ rows, trials }) => {
      const found = rows.filter(({ method }) => method === 'self');
      if (found.length < 2) return undecided('fewer than two lengths of roles');
      const shares = found.map(({ recovered }) => recovered);
      const errors = found.map((row) => standardError(row, trials));
      const falls = shares.some((share, i) => i > 0 && share < shares[i - 1] - 3 * errors[i]);
      const rises = shares[shares.length - 1] > shares[0] && shares[0] < 1;
      return {
        verdict: rises && !falls ? 'holds' : 'fails',
        evidence: found.map((row) => `${row.dimension}: ${digits(row.recovered)}`).join(', '),
      };
    },
  },
  {
    name: 'tree-rank-doubles',
    statement:
      'Each level of recursive binding doubles the rank, until the fillers span their space, and every leaf comes back.',
    rule: 'the rank of every tree of depth D is the smaller of 2^D and the length of a filler, and all leaves are recovered',
    judge: ({ rows, fillerLength }) =>
      allOf(
        rows
          .filter(({ method }) => method === 'tree, dual')
          .map(({ depth, rank, recovered }): Judgement => {
            const wanted = Math.min(2 ** depth, fillerLength);
            return {
              verdict: rank === wanted && recovered === 1 ? 'holds' : 'fails',
              evidence: `depth ${depth}: rank ${rank}, recovered ${digits(recovered)}`,
            };
          }),
      ),
  },
  {
    name: 'hadamard-needs-dimensions',
    statement:
      'The Hadamard approximation recovers more the more dimensions, and less the deeper the tree.',
    rule: 'at every depth the most dimensions recover at least as much as the fewest, in every dimension the deepest tree at most as much as the flattest, and somewhere strictly so',
    judge: ({ rows }) => {
      const found = rows.filter(({ method }) => method === 'hadamard');
      const depths = ascending(found.map(({ depth }) => depth));
      const dims = ascending(found.map(({ dimension }) => dimension));
      if (depths.length < 2 || dims.length < 2) return undecided('one depth or one dimension');
      const share = (depth: number, n: number) =>
        found.find((row) => row.depth === depth && row.dimension === n)?.recovered ?? Number.NaN;
      const [flat, deep] = [depths[0], depths[depths.length - 1]];
      const [few, many] = [dims[0], dims[dims.length - 1]];
      const rises = depths.map((depth) => share(depth, many) - share(depth, few));
      const falls = dims.map((n) => share(flat, n) - share(deep, n));
      const isRight =
        [...rises, ...falls].every((change) => change >= 0) &&
        Math.max(...rises) > 0 &&
        Math.max(...falls) > 0;
      return {
        verdict: isRight ? 'holds' : 'fails',
        evidence:
          `depth ${deep}: ${digits(share(deep, few))} at n = ${few}, ${digits(share(deep, many))} at n = ${many}; ` +
          `depth ${flat}: ${digits(share(flat, few))} at n = ${few}`,
      };
    },
  },
  {
    name: 'hadamard-as-expected',
    statement: 'The share it recovers is that of a sum of independent normal intrusions.',
    rule: `measured and expected shares differ by less than ${APPROXIMATION} and three standard errors wherever n is at least ${MANY}`,
    judge: ({ rows, trials }) => {
      const found = rows.filter((row) => row.method === 'hadamard' && row.dimension >= MANY);
      if (found.length === 0) return undecided(`nothing measured from n = ${MANY}`);
      const gaps = found.map((row) => {
        const gap = Math.abs(row.recovered - (row.expected ?? Number.NaN));
        return { row, gap, within: gap < APPROXIMATION + 3 * standardError(row, trials) };
      });
      const { row, gap } = gaps.reduce((a, b) => (b.gap > a.gap ? b : a));
      return {
        verdict: gaps.every(({ within }) => within) ? 'holds' : 'fails',
        evidence: `largest difference ${digits(gap)}, at depth ${row.depth} and n = ${row.dimension}`,
      };
    },
  },
];

function allRecovered(rows: readonly Recovery[], method: Method): Judgement {
  return allOf(
    rows
      .filter((row) => row.method === method)
      .map(({ dimension, recovered, held }) => ({
        verdict: recovered === 1 ? 'holds' : 'fails',
        evidence: `roles of ${dimension}: ${digits(recovered)} of ${held}`,
      })),
  );
}

const standardError = ({ recovered, held }: Recovery, trials: number): number =>
  Math.sqrt((recovered * (1 - recovered)) / (trials * held));

const ascending = (values: readonly number[]): readonly number[] =>
  [...new Set(values)].sort((a, b) => a - b);
