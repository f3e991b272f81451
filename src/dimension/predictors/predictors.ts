import { effectiveRank, numericalRank, spectrumOf } from '../../study/metrics/spectrum.ts';
import type { RowTypes } from '../../tables/records.ts';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import { countingBound, forsterBound, signChangeBound } from './bounds.ts';
import { distinctSets } from './distinct.ts';
import { gamma2 } from './gamma2.ts';
import { gramOf } from './gram.ts';
import { overlapOf } from './overlap.ts';
import { rankWithOnes } from './rank.ts';

/** What judgements show without any fit; undefined where it is too expensive. */
export interface Predictors {
  readonly items: number;
  readonly queries: number;
  readonly distinctSets: number;
  readonly meanSet: number;
  readonly largestSet: number;
  /** Queries per item, of the items that have any. */
  readonly meanDegree: number;
  readonly largestDegree: number;
  readonly jaccard: number;
  readonly sharing: number;
  /** Rank of the 0/1 matrix modulo a prime, up to a constant per query. */
  readonly rank?: number | undefined;
  readonly numericalRank?: number | undefined;
  readonly effectiveRank?: number | undefined;
  readonly gamma2Lower?: number | undefined;
  readonly gamma2Upper?: number | undefined;
  /** √(rows columns) / ‖A‖: the sign rank is at least this. */
  readonly forster: number;
  /** No fewer dimensions rank everything right: proven. */
  readonly lower: number;
  /** So many dimensions rank everything right: proven. */
  readonly upper: number;
}

export const PREDICTORS: RowTypes<Predictors> = {
  items: 'int32',
  queries: 'int32',
  distinctSets: 'int32',
  meanSet: 'float64',
  largestSet: 'int32',
  meanDegree: 'float64',
  largestDegree: 'int32',
  jaccard: 'float64',
  sharing: 'float64',
  rank: 'int32',
  numericalRank: 'int32',
  effectiveRank: 'float64',
  gamma2Lower: 'float64',
  gamma2Upper: 'float64',
  forster: 'float64',
  lower: 'int32',
  upper: 'int32',
};

/** Sides up to which eliminations, and up to which eigenvalues are computed: a minute at most. */
const MOST_TO_ELIMINATE = 2000;
const MOST_TO_DECOMPOSE = 800;
/** Multiplications that the rounds of γ₂ may take. */
const GAMMA2_WORK = 1e10;
const GAMMA2_ROUNDS = 60;

export function predictorsOf(judgements: Judgements): Predictors {
  const sets = distinctSets(judgements);
  const count = queryCount(sets);
  const { items: N } = judgements;
  const sizes = Array.from({ length: count }, (_, set) => membersOf(sets, set).length);
  const degrees = new Uint32Array(N);
  for (const item of judgements.members) degrees[item]++;
  const asked = degrees.filter((degree) => degree > 0);
  const side = Math.min(count, N);
  const rank = side <= MOST_TO_ELIMINATE ? rankWithOnes(sets) - 1 : undefined;
  const spectrum = side <= MOST_TO_DECOMPOSE ? spectrumOf(gramOf(sets)) : undefined;
  const rounds = Math.min(GAMMA2_ROUNDS, Math.floor(GAMMA2_WORK / (count * N * N + 20 * N ** 3)));
  const bounds = rounds > 0 ? gamma2(sets, rounds) : undefined;
  const forster = forsterBound(sets);
  const trivial = count === 1 && sizes[0] === N;
  return {
    items: N,
    queries: queryCount(judgements),
    distinctSets: count,
    meanSet: sizes.reduce((sum, size) => sum + size, 0) / count,
    largestSet: sizes.reduce((most, size) => Math.max(most, size), 0),
    meanDegree: asked.reduce((sum, degree) => sum + degree, 0) / asked.length,
    largestDegree: asked.reduce((most, degree) => Math.max(most, degree), 0),
    ...overlapOf(sets),
    rank,
    numericalRank: spectrum && numericalRank(spectrum),
    effectiveRank: spectrum && effectiveRank(spectrum),
    gamma2Lower: bounds?.lower,
    gamma2Upper: bounds?.upper,
    forster,
    // Rounding must not lift a bound to the next whole number.
    lower: trivial ? 0 : Math.max(1, countingBound(N, count), Math.ceil(forster - 1e-6) - 1),
    upper: Math.min(N - 1, signChangeBound(sets), ...(rank === undefined ? [] : [rank])),
  };
}
