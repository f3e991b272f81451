import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeBound, judgeEverySeed, judgeHigher } from '../../claims/rules.ts';
import { LOSSES } from '../../study/training/step.ts';
import { aroundSimplex, floorOf, freeOf, keysOf, type LossEvidence, seedsOf } from '../evidence.ts';

/** A KL below this is zero up to the length that free vectors reach. Nats. */
const ZERO = 0.001;
/** A KL below this is of no consequence. Nats. */
const SLIGHT = 0.005;
/** What is this many times larger is of another order. */
const FAR = 10;

const GAMES = ['union', 'shatter'] as const;

/** Predictions about d around K - 1, where the keys can form a simplex and every subset is a face. */
export const SIMPLEX_CLAIMS: readonly Claim<LossEvidence>[] = [
  {
    name: 'cross-entropy-floor-zero-from-the-simplex',
    statement: 'From d = K - 1 on free vectors with row cross-entropy reach zero on both games.',
    rule: `KL of every restart below ${ZERO} at d = K - 1, K and K + 1; fails where in none`,
    judge: ({ free }) =>
      onBothGames(free, (game, keys) =>
        allOf(
          aroundSimplex(keys)
            .filter((d) => d >= keys - 1)
            .map((d) =>
              judgeBound(
                { name: `d = ${d}`, values: freeOf(free, game, d, 'cross-entropy') },
                'KL',
                'below',
                ZERO,
              ),
            ),
        ),
      ),
  },
  ...GAMES.map(
    (game): Claim<LossEvidence> => ({
      name: `infonce-floor-not-quite-at-the-simplex-${game}`,
      statement: `On \`${game}\` free vectors with symmetric InfoNCE do not quite reach zero at d = K - 1, because its column term fixes the offset of each query; at d = K they do.`,
      rule: `the least KL at d = K - 1 more than ${FAR} times the largest at d = K; fails if the largest is less than ${FAR} times the least`,
      judge: ({ free }) => {
        const keys = keysOf(free);
        const [at, above] = [keys - 1, keys].map((d) => freeOf(free, game, d, 'infonce'));
        if (at.length === 0 || above.length === 0) return undecided(`no floor of ${game}`);
        const evidence = `KL ${span(at)} at d = ${keys - 1}, ${span(above)} at d = ${keys}`;
        if (Math.min(...at) > FAR * Math.max(...above)) return { verdict: 'holds', evidence };
        if (Math.max(...at) < FAR * Math.min(...above)) return { verdict: 'fails', evidence };
        return undecided(`${evidence}: the restarts disagree`);
      },
    }),
  ),
  {
    name: 'infonce-misses-the-simplex-by-the-whole-deck',
    statement:
      'What keeps symmetric InfoNCE from zero at d = K - 1 is the query for all keys alone: its scores cannot be raised together. So it reaches zero on a game without such queries.',
    rule: `the least KL at d = K - 1 below ${ZERO} on the games where less than one query in ten thousand selects the whole deck, and not below it on the others; there must be both`,
    judge: ({ free }) => {
      const keys = keysOf(free);
      const games = GAMES.flatMap((game) => {
        const row = free.find((one) => one.game === game && one.dim === keys - 1);
        const kl = floorOf(free, game, keys - 1, 'infonce');
        return row === undefined || Number.isNaN(kl)
          ? []
          : [{ game, kl, isAsked: row.wholeDeck > 1e-4, share: row.wholeDeck }];
      });
      const kinds = new Set(games.map(({ isAsked }) => isAsked));
      const evidence = games
        .map(({ game, kl, share }) => `${game}: KL ${digits(kl)}, whole deck ${digits(share)}`)
        .join('; ');
      if (kinds.size < 2) return undecided(`${evidence}: no games of both kinds`);
      return holdsIf(
        games.every(({ kl, isAsked }) => kl < ZERO !== isAsked),
        evidence,
      );
    },
  },
  {
    name: 'infonce-costs-at-most-one-dimension',
    statement:
      'With one more dimension, which can hold the offset, symmetric InfoNCE does what row cross-entropy does without it.',
    rule: `the least KL with InfoNCE at d at most that with cross-entropy at d - 1 plus ${SLIGHT}, for d = K - 2 ... K + 1, on both games`,
    judge: ({ free }) =>
      onBothGames(free, (game, keys) => {
        const pairs = aroundSimplex(keys)
          .slice(1)
          .map((d) => ({
            d,
            infonce: floorOf(free, game, d, 'infonce'),
            below: floorOf(free, game, d - 1, 'cross-entropy'),
          }));
        if (pairs.some(({ infonce, below }) => Number.isNaN(infonce + below))) {
          return undecided('a floor is missing');
        }
        return holdsIf(
          pairs.every(({ infonce, below }) => infonce <= below + SLIGHT),
          pairs
            .map(({ d, infonce, below }) => `d = ${d}: ${digits(infonce)}, ${digits(below)} below`)
            .join(', '),
        );
      }),
  },
  {
    name: 'geometry-fades-before-the-simplex',
    statement: 'One and two dimensions less than the simplex cost next to nothing on both games.',
    rule: `the least KL with cross-entropy below ${SLIGHT} at d = K - 3 and K - 2`,
    judge: ({ free }) =>
      onBothGames(free, (game, keys) => {
        const floors = [keys - 3, keys - 2].map((d) => ({
          d,
          kl: floorOf(free, game, d, 'cross-entropy'),
        }));
        if (floors.some(({ kl }) => Number.isNaN(kl))) return undecided('a floor is missing');
        return holdsIf(
          floors.every(({ kl }) => kl < SLIGHT),
          floors.map(({ d, kl }) => `d = ${d}: ${digits(kl)}`).join(', '),
        );
      }),
  },
  ...GAMES.flatMap((game): readonly Claim<LossEvidence>[] => [
    {
      name: `trained-far-above-the-floor-${game}`,
      statement: `On \`${game}\` around d = K - 1 trained encoders are far above what free vectors reach: what is left is not geometry.`,
      rule: `KL more than ${FAR} times the floor of the same loss, for every d from K - 3 to K + 1, loss and seed; fails where in none`,
      judge: ({ runs, free }) =>
        eachAround(runs, (d) =>
          allOf(
            LOSSES.map((loss): Judgement => {
              const { name, values } = seedsOf(runs, game, d, loss);
              const floor = floorOf(free, game, d, loss);
              if (values.length === 0 || Number.isNaN(floor)) return undecided(`${name}: no run`);
              const evidence = `${name}: KL ${span(values)}, floor ${digits(floor)}`;
              if (values.length < 2) return undecided(`${evidence}: one seed`);
              return judgeEverySeed(
                values.map((kl) => kl > FAR * floor),
                evidence,
              );
            }),
          ),
        ),
    },
    {
      name: `trained-still-gains-up-to-the-keys-${game}`,
      statement: `On \`${game}\` trained encoders still gain from d = K - 3 to K, with either loss, although the floor is nearly zero at both.`,
      rule: 'KL at d = K - 3 higher than at K, with both losses: Welch on log KL',
      judge: ({ runs }) => {
        const keys = keysOf(runs);
        return allOf(
          LOSSES.map((loss) =>
            judgeHigher(seedsOf(runs, game, keys - 3, loss), seedsOf(runs, game, keys, loss), 'KL'),
          ),
        );
      },
    },
    {
      name: `cross-entropy-trains-lower-${game}`,
      statement: `On \`${game}\` around d = K - 1 encoders trained with row cross-entropy have a lower KL than with symmetric InfoNCE.`,
      rule: 'KL with InfoNCE higher than with cross-entropy, for every d from K - 3 to K + 1: Welch on log KL',
      judge: ({ runs }) =>
        eachAround(runs, (d) =>
          judgeHigher(
            seedsOf(runs, game, d, 'infonce'),
            seedsOf(runs, game, d, 'cross-entropy'),
            'KL',
          ),
        ),
    },
  ]),
];

function onBothGames(
  free: LossEvidence['free'],
  judge: (game: (typeof GAMES)[number], keys: number) => Judgement,
): Judgement {
  const keys = keysOf(free);
  return allOf(
    GAMES.map((game) => {
      const { evidence, ...judged } = judge(game, keys);
      return { ...judged, evidence: `${game}: ${evidence}` };
    }),
  );
}

function eachAround(runs: LossEvidence['runs'], judge: (d: number) => Judgement): Judgement {
  return allOf(aroundSimplex(keysOf(runs)).map(judge));
}

function span(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(digits);
  return least === most ? least : `${least} to ${most}`;
}
