
import { rankingOf } from "../src/studies/dimension/fit/scores.ts";
import { stream } from '../src/random/streams.ts';
import { judgementsOf } from '../src/studies/dimension/judgements/judgements.ts';
import { descend } from '../src/studies/dimension/fit/descent.ts';
import { startingVectors } from '../src/studies/dimension/fit/start.ts';
function planted(n: number, q: number, rank: number) { const r = stream(2, 'x'); const v = Array.from({ length: n }, () => Array.from({ length: rank }, () => r.normal())); return judgementsOf(n, Array.from({ length: q }, () => { const w = Array.from({ length: rank }, () => r.normal()); const sc = v.map((x, i) => [x.reduce((s, a, j) => s + a * w[j], 0), i]); sc.sort((a, b) => b[0] - a[0]); return sc.slice(0, 3 + r.below(8)).map(([, i]) => i); })); }
const j = planted(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 7000), 32);
for (const d of (process.argv[4] ?? '8,64,512').split(',').map(Number)) for (const rate of (process.argv[5] ?? '0.1,0.03').split(',').map(Number)) {
  const start = startingVectors(j, [1, 2, 3].map((seed) => ({ d, seed })));
  const t0 = performance.now();
  let n = 0;
  const v = await descend(j, start, { aim: 'kl', moved: 'both', steps: Number(process.argv[6] ?? 20), learningRate: rate, onStep: (k) => { n = k; } });
  const t = performance.now() - t0;
  const rs = [0,1,2].map((r) => rankingOf(v, r, j)); console.log(rs.map((x) => `${x.recall.toFixed(4)} ${x.kl.toFixed(5)}`).join(" "), d, rate, n, 'steps', (t / n).toFixed(0), 'ms/step incl compile', process.memoryUsage().rss >> 20, 'MB');
}
