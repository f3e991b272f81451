import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeBound, judgeEverySeed, judgeHigher } from '../../claims/rules.ts';
import { SOLVED } from '../../study/evidence/solved.ts';
import { LOSSES, type Loss } from '../../study/training/step.ts';
import { type LossRun, seedsOf } from '../evidence.ts';

/** Largest relative difference between equal numbers of parameters. */
const EQUAL = 0.02;
/** KL below which d = K does well: `union` needs a longer training to be solved. */
const WELL = { union: 0.05, shatter: 0.02 } as const;
const GAMES = ['union', 'shatter'] as const;

/** Dual encoders of some dimensions, and cross-encoders, each with both losses. */
export interface CrossingEvidence {
  readonly runs: readonly LossRun[];
  /** d of the dual encoders, ascending; the last is K, the others are narrower. */
  readonly dims: readonly number[];
}

/** Predictions about {dual encoder, cross-encoder} x {symmetric InfoNCE, row cross-entropy}. */
export const CROSSING_CLAIMS: readonly Claim<CrossingEvidence>[] = [
  {
    name: 'equal-parameters',
    statement: 'All models of a game have the same number of parameters.',
    rule: `the largest is at most ${100 * EQUAL} % above the smallest, on each game`,
    judge: (evidence) =>
      allOf(
        GAMES.map((game) => {
          const sizes = runsOf(evidence, game).map(({ parameters }) => parameters);
          if (sizes.length === 0) return undecided(`no runs of ${game}`);
          const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
          return holdsIf(most / least - 1 <= EQUAL, `${game}: ${least} to ${most}`);
        }),
      ),
  },
  ...GAMES.flatMap((game): readonly Claim<CrossingEvidence>[] => [
    {
      name: `narrow-dot-products-fail-with-either-loss-${game}`,
      statement: `On \`${game}\` a dual encoder with fewer dimensions than keys fails, whichever the loss.`,
      rule: `KL > ${SOLVED.kl} for every narrow d and both losses in every seed; fails where in none`,
      judge: ({ runs, dims }) =>
        each(dims.slice(0, -1), (d, loss) =>
          judgeBound(seedsOf(runs, game, d, loss), 'KL', 'above', SOLVED.kl),
        ),
    },
    {
      name: `cross-encoder-solves-with-either-loss-${game}`,
      statement: `On \`${game}\` a cross-encoder of the same size solves the game, whichever the loss.`,
      rule: `KL < ${SOLVED.kl} and overlap > ${SOLVED.overlap} with both losses in every seed; fails where in none`,
      judge: ({ runs }) =>
        each([undefined], (d, loss) =>
          allOf([
            judgeBound(seedsOf(runs, game, d, loss), 'KL', 'below', SOLVED.kl),
            judgeBound(
              seedsOf(runs, game, d, loss, ({ overlap }) => overlap),
              'overlap',
              'above',
              SOLVED.overlap,
            ),
          ]),
        ),
    },
    {
      name: `wide-dot-products-do-well-with-either-loss-${game}`,
      statement: `On \`${game}\` a dual encoder with as many dimensions as keys does well, whichever the loss.`,
      rule: `KL < ${WELL[game]} with both losses in every seed; fails where in none`,
      judge: ({ runs, dims }) =>
        each(dims.slice(-1), (d, loss) =>
          judgeBound(seedsOf(runs, game, d, loss), 'KL', 'below', WELL[game]),
        ),
    },
    {
      name: `architecture-outweighs-loss-${game}`,
      statement: `On \`${game}\` it is the dot product, not the loss: for every narrow d the architecture changes KL by more than the loss does.`,
      rule: 'the smaller difference dual less cross-encoder at equal loss above the larger difference between losses at equal architecture, for every narrow d in every seed; fails where in none',
      judge: ({ runs, dims }) =>
        allOf(
          dims.slice(0, -1).map((d): Judgement => {
            const [dual, cross] = [d, undefined].map((dim) =>
              LOSSES.map((loss) => seedsOf(runs, game, dim, loss).values),
            );
            const seeds = Math.min(...[...dual, ...cross].map(({ length }) => length));
            if (seeds === 0) return undecided(`d = ${d}: one of the four is missing`);
            const effects = Array.from({ length: seeds }, (_, i) => ({
              architecture: Math.min(...LOSSES.map((_, l) => dual[l][i] - cross[l][i])),
              loss: Math.max(...[dual, cross].map(([a, b]) => Math.abs(a[i] - b[i]))),
            }));
            const evidence = `d = ${d}: ${effects
              .map(({ architecture, loss }) => `${digits(architecture)} against ${digits(loss)}`)
              .join(', ')}`;
            if (seeds < 2) return undecided(`${evidence}: one seed`);
            return judgeEverySeed(
              effects.map(({ architecture, loss }) => architecture > loss),
              evidence,
            );
          }),
        ),
    },
    {
      name: `cross-entropy-lowers-narrow-kl-${game}`,
      statement: `On \`${game}\` a narrow dual encoder has a lower KL with row cross-entropy, which is KL itself, than with symmetric InfoNCE.`,
      rule: 'KL with InfoNCE higher than with cross-entropy for every narrow d: Welch on log KL',
      judge: ({ runs, dims }) =>
        allOf(
          dims
            .slice(0, -1)
            .map((d) =>
              judgeHigher(
                seedsOf(runs, game, d, 'infonce'),
                seedsOf(runs, game, d, 'cross-entropy'),
                'KL',
              ),
            ),
        ),
    },
  ]),
];

/** The runs of a game that are compared. */
function runsOf({ runs, dims }: CrossingEvidence, game: string): readonly LossRun[] {
  return runs.filter(
    (run) => run.game === game && (run.dim === undefined || dims.includes(run.dim)),
  );
}

function each(
  dims: readonly (number | undefined)[],
  judge: (d: number | undefined, loss: Loss) => Judgement,
): Judgement {
  return allOf(dims.flatMap((d) => LOSSES.map((loss) => judge(d, loss))));
}
