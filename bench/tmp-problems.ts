import { problemOf } from '../src/studies/dimension/problems/problems.ts';
import { solveProblem } from '../src/studies/dimension/problems/solve.ts';
import { predictorsOf } from '../src/studies/dimension/predictors/predictors.ts';
for (const name of process.argv.slice(2)) {
  const j = problemOf(name);
  const t = performance.now();
  const p = predictorsOf(j);
  const t1 = performance.now();
  const s = await solveProblem(name, j, 3, { steps: 600, learningRate: 0.1 });
  console.log(name, JSON.stringify({ ...s, curve: s.curve.map((c) => `${c.d}:${c.recallFitted.toFixed(3)}/${c.recall.toFixed(3)}`).join(' ') }), JSON.stringify(Object.fromEntries(Object.entries(p).map(([k, v]) => [k, Number(v.toPrecision(3))]))), `${((t1 - t) / 1000).toFixed(1)}s + ${((performance.now() - t1) / 1000).toFixed(1)}s`);
}
