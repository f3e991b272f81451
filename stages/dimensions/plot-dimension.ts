import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { DIMENSION_CLAIMS } from '../../src/dimension/claims.ts';
import { validationFigure } from '../../src/dimension/figures/validation.ts';
import { coefficientsOf } from '../../src/dimension/prediction/coefficients.ts';
import { validate } from '../../src/dimension/prediction/validate.ts';
import { CURVE, PREDICTION, PROBLEM, PROBLEM_BUDGET } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Whether the answer can be trusted: predictions of problems that were left out, theorems, claims. */
export default defineStage({
  params: z.strictObject({
    /** The profile under whose sizes the tables were made: a column of the claims. */
    profile: z.string().min(1),
  }),
  inputs: { problems: 'many', curves: 'many', budgets: 'many' },
  outputs: {
    problems: 'problems.arrow',
    predictions: 'predictions.arrow',
    budgets: 'budgets.arrow',
    coefficients: 'coefficients.json',
    svg: 'dimension-validation.svg',
    png: 'dimension-validation.png',
    'dimension-claims': 'claims.arrow',
    scorecard: 'scorecard.md',
  },
  run({ params, inputs, outputs }) {
    const problems = inputs.problems.flatMap(({ path }) => readRows(path, PROBLEM));
    const curves = inputs.curves.flatMap(({ path }) => readRows(path, CURVE));
    const budgets = inputs.budgets.flatMap(({ path }) => readRows(path, PROBLEM_BUDGET));
    const predictions = (['d90', 'd99'] as const).flatMap((target) => validate(problems, target));
    writeRows(outputs.problems, PROBLEM, problems);
    writeRows(outputs.predictions, PREDICTION, predictions);
    writeRows(outputs.budgets, PROBLEM_BUDGET, budgets);
    const coefficients = coefficientsOf(problems, predictions);
    writeFileSync(outputs.coefficients, `${JSON.stringify(coefficients, null, 2)}\n`);
    const figure = validationFigure({ problems, curves, predictions, budgets });
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
    const evidence = { problems, predictions, budgets };
    const judged = judgeClaims(DIMENSION_CLAIMS, evidence, params.profile);
    writeClaims(outputs['dimension-claims'], judged);
    writeFileSync(outputs.scorecard, scorecard('How many dimensions', judged));
  },
});
