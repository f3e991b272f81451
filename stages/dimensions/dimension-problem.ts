import { z } from 'zod';
import { fitBits } from '../../src/dimension/budgets/bits.ts';
import { budgetRow } from '../../src/dimension/budgets/rows.ts';
import { fitVectors } from '../../src/dimension/fit/fit.ts';
import { queriesOf } from '../../src/dimension/judgements/judgements.ts';
import { HELD_OUT_SHARE, splitQueries } from '../../src/dimension/judgements/split.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { predictorsOf } from '../../src/dimension/predictors/predictors.ts';
import { problemOf } from '../../src/dimension/problems/problems.ts';
import { solveProblem } from '../../src/dimension/problems/solve.ts';
import {
  CURVE,
  PROBLEM,
  PROBLEM_BUDGET,
  type ProblemBudgetRow,
} from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** The dimensions that one problem needs, and what it shows without a fit. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    problem: z.string().min(1),
    restarts: z.int().min(1),
    /** Dimensions, bits and vectors per item of which the budgets are measured; none if there are no dims. */
    budgets: z.strictObject({
      dims: z.array(z.int().min(1)),
      bits: z.array(z.int().min(1).max(16)),
      pieces: z.array(z.int().min(1)),
    }),
  }),
  inputs: {},
  outputs: { problem: 'problem.arrow', curve: 'curve.arrow', budgets: 'budgets.arrow' },
  async run({ params, outputs, signal, log }) {
    const { problem, restarts, budgets, ...rest } = params;
    const search = { ...rest, signal };
    const judgements = problemOf(problem);
    const predictors = predictorsOf(judgements);
    const { curve, ...found } = await solveProblem(problem, judgements, restarts, search);
    log(`d90 ${found.d90}, d99 ${found.d99}, exact ${found.dExact}`);
    writeRows(outputs.problem, PROBLEM, [{ problem, ...found, ...predictors }]);
    writeRows(outputs.curve, CURVE, curve);
    const split = splitQueries(judgements, HELD_OUT_SHARE, 1);
    const parts = {
      fitted: queriesOf(judgements, split.fitted),
      heldOut: queriesOf(judgements, split.heldOut),
    };
    const rows: ProblemBudgetRow[] = [];
    const seeds = (d: number) => Array.from({ length: restarts }, (_, i) => ({ d, seed: i + 1 }));
    for (const d of budgets.dims) {
      for (const { fits, ...own } of await fitBits(parts, d, budgets.bits, 1, search)) {
        rows.push({ problem, ...budgetRow({ d, pieces: 1, ...own }, fits) });
      }
      for (const m of budgets.pieces.filter((one) => d % one === 0)) {
        const { fits } = await fitVectors(parts, seeds(d), search, { pieces: m });
        const own = { d, bits: 32, pieces: m, rounding: 'none' };
        rows.push({ problem, ...budgetRow(own, fits) });
      }
    }
    writeRows(outputs.budgets, PROBLEM_BUDGET, rows);
  },
});
