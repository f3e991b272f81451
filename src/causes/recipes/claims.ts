import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, type Group, judgeHigher } from '../../claims/rules.ts';
import { meanOverSeeds } from '../../claims/spread.ts';
import { dimName, finalRuns, type RecipeEvidence, type RecipeRun } from './evidence.ts';

const GAMES = ['union', 'shatter'] as const;
const RECIPES = ['study', 'published'] as const;

/** Predictions about the study's recipe (expected positives, Muon) and the published one (sampled, Adam). */
export const RECIPE_CLAIMS: readonly Claim<RecipeEvidence>[] = GAMES.flatMap(
  (game): readonly Claim<RecipeEvidence>[] => [
    {
      name: `same-order-over-d-${game}`,
      statement: `On \`${game}\` the published recipe orders the models as the study's does: the non-contrastive one is best, then the wider the better.`,
      rule: 'with either recipe KL rises from the non-contrastive model over falling d at every step; each step of the published one by Welch on log KL; fails where two means are in the other order',
      judge: ({ points }) => {
        const runs = finalRuns(points).filter((run) => run.game === game);
        return allOf(RECIPES.map((recipe) => judgeOrder(runs, recipe)));
      },
    },
    {
      name: `study-recipe-ends-lower-${game}`,
      statement: `On \`${game}\` the study's recipe has every model at a lower KL than the published one has it after at least twice the steps.`,
      rule: 'KL with the published recipe higher for every model: Welch on log KL',
      judge: ({ points }) => {
        const runs = finalRuns(points).filter((run) => run.game === game);
        return allOf(
          modelsOf(runs).map((dim) =>
            judgeHigher(group(runs, dim, 'published'), group(runs, dim, 'study'), 'KL'),
          ),
        );
      },
    },
  ],
);

/** From the best to the worst as predicted: the non-contrastive model, then falling d. */
function modelsOf(runs: readonly RecipeRun[]): readonly (number | undefined)[] {
  const dims = [...new Set(runs.flatMap(({ dim }) => dim ?? []))].sort((a, b) => b - a);
  return runs.some(({ dim }) => dim === undefined) ? [undefined, ...dims] : dims;
}

function group(runs: readonly RecipeRun[], dim: number | undefined, recipe: string): Group {
  return {
    name: `${dimName(dim)} (${recipe})`,
    values: runs.filter((run) => run.dim === dim && run.variant === recipe).map(({ kl }) => kl),
  };
}

function judgeOrder(runs: readonly RecipeRun[], recipe: string): Judgement {
  const groups = modelsOf(runs).map((dim) => group(runs, dim, recipe));
  if (groups.length < 2) return undecided(`fewer than two models with the recipe ${recipe}`);
  const means = groups.map(({ values }) => meanOverSeeds(values));
  const evidence = groups.map(({ name }, i) => `${name} ${digits(means[i])}`).join(', ');
  const falls = means.some((mean, i) => i > 0 && mean < means[i - 1]);
  if (falls || recipe === 'study') return holdsIf(!falls, evidence);
  return allOf(groups.slice(1).map((worse, i) => judgeHigher(worse, groups[i], 'KL')));
}
