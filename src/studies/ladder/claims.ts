import { allOf, type Claim, holdsIf, type Judgement } from '../../claims/claim.ts';
import { digits, judgeBound, judgeEverySeed } from '../../claims/rules.ts';
import { meanOverSeeds } from '../../claims/spread.ts';
import { dimsOf, klOf, type LadderEvidence, type Rung, type RungRow } from './tables.ts';

/** A KL below this is zero up to the length that vectors reach. Nats. */
const ZERO = 0.005;
/** A KL that is clearly not zero. Nats. */
const CLEAR = 0.01;

/** What geometry, objective, encoder and generalisation add, as checks of the ladder. */
export const LADDER_CLAIMS: readonly Claim<LadderEvidence>[] = [
  {
    name: 'cross-entropy-reaches-zero-one-below-the-keys',
    statement:
      'With d = K - 1 every subset of K keys is a face of their simplex: row cross-entropy reaches zero.',
    rule: `KL of free vectors with cross-entropy at d = K - 1 and above below ${ZERO} in every seed; fails if in none`,
    judge: ({ keys, rungs }) =>
      allOf(
        dimsOf(rungs)
          .filter((d) => d >= keys - 1)
          .map((d) => judgeBound(group(rungs, d, 'cross-entropy'), 'KL', 'below', ZERO)),
      ),
  },
  {
    name: 'infonce-not-quite-one-below-the-keys',
    statement:
      'With d = K - 1 symmetric InfoNCE does not quite reach zero, because its column term fixes the offset of each query; with d = K it does.',
    rule: `KL of free vectors with InfoNCE above ${CLEAR} at d = K - 1 and below ${ZERO} at d = K, in every seed; fails if in none`,
    judge: ({ keys, rungs }) =>
      allOf([
        judgeBound(group(rungs, keys - 1, 'infonce'), 'KL', 'above', CLEAR),
        judgeBound(group(rungs, keys, 'infonce'), 'KL', 'below', ZERO),
      ]),
  },
  {
    name: 'geometry-binds-below-one-less-than-the-keys',
    statement: 'With fewer than K - 1 dimensions no start of free vectors reaches zero.',
    rule: `the best KL of all starts above ${CLEAR} at every d below K - 1, and falling as d grows`,
    judge: ({ keys, rungs }) => {
      const dims = dimsOf(rungs).filter((d) => d < keys - 1);
      const best = dims.map((d) => klOf(rungs, d, 'optimum')[0]);
      const falling = best.every((kl, i) => i === 0 || kl < best[i - 1]);
      return holdsIf(
        falling && best.every((kl) => kl > CLEAR),
        dims.map((d, i) => `d = ${d}: ${digits(best[i])}`).join(', '),
      );
    },
  },
  {
    name: 'no-encoder-below-the-optimum',
    statement: 'No encoder does better than the best free vectors.',
    rule: `KL of every encoder trained on all sets at least the optimum less ${ZERO}`,
    judge: ({ rungs }) => {
      const below = rungs.filter(
        ({ d, rung, kl }) => rung === 'encoder' && kl < klOf(rungs, d, 'optimum')[0] - ZERO,
      );
      const encoders = rungs.filter(({ rung }) => rung === 'encoder');
      return holdsIf(
        below.length === 0,
        below.length === 0
          ? `${encoders.length} encoders`
          : below.map(({ d, seed, kl }) => `d = ${d}, seed ${seed}: ${digits(kl)}`).join('; '),
      );
    },
  },
  {
    name: 'narrow-models-fail-by-geometry',
    statement: 'At d of at most half the keys most of the error is geometry.',
    rule: 'the optimum is more than half of the KL on unseen sets, for every such d and seed; fails for a d if in no seed',
    judge: ({ keys, rungs }) =>
      allOf(
        dimsOf(rungs)
          .filter((d) => d <= keys / 2)
          .map((d): Judgement => {
            const [optimum] = klOf(rungs, d, 'optimum');
            const totals = klOf(rungs, d, 'half');
            return judgeEverySeed(
              totals.map((total) => optimum > total / 2),
              `d = ${d}: ${digits(optimum)} of ${digits(meanOverSeeds(totals))}`,
            );
          }),
      ),
  },
];

function group(rungs: readonly RungRow[], d: number, rung: Rung) {
  return { name: `d = ${d}`, values: klOf(rungs, d, rung) };
}
