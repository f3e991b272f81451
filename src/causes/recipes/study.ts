import type { Study } from '../../studies/report.ts';
import { RECIPE_CLAIMS } from './claims.ts';
import type { RecipeEvidence } from './evidence.ts';
import { recipesFigure } from './figure.ts';

/** Does the published recipe order the models as the study's does? */
export const recipesStudy: Study<RecipeEvidence> = {
  title: 'Expected or sampled positives, Muon or Adam',
  claims: RECIPE_CLAIMS,
  figure: recipesFigure,
};
