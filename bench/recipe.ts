// Trains one model and prints its curve and metrics: the tool behind docs/recipes.md. It validates on queries
// that no reported run is tested with, and trains with a seed that none has.
// usage: node src/pipe/loader/run.mjs bench/recipe.ts game=union dim=27 steps=1000 [name=value...]
// dim=0 is the non-contrastive model; lessons=2:0.4,3:0.15; fit=1 adds the KL at the best temperature.
import { deckOf } from '../src/study/deck/deck.ts';
import { maskSize } from '../src/study/deck/masks.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { trainingQueries, validationQueries } from '../src/study/games/sampling.ts';
import { trueKeys } from '../src/study/games/true-keys.ts';
import { accuracyOf } from '../src/study/metrics/accuracy.ts';
import { meanOf } from '../src/study/metrics/aggregates.ts';
import { queryMetrics } from '../src/study/metrics/per-query.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { modelParameters } from '../src/study/models/model.ts';
import { initialise, type Parameters, parameterCount } from '../src/study/models/parameters.ts';
import { scoreQueries } from '../src/study/models/score.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { train } from '../src/study/training/loop.ts';

const given = new Map(
  process.argv.slice(2).map((argument) => {
    const at = argument.indexOf('=');
    return [argument.slice(0, at), argument.slice(at + 1)] as const;
  }),
);
const used = new Set<string>();
function text(name: string, otherwise: string) {
  used.add(name);
  return given.get(name) ?? otherwise;
}
function number(name: string, otherwise: number) {
  return Number(text(name, String(otherwise)));
}

const game = GAMES.find((name) => name === text('game', 'union')) ?? 'union';
const deck = deckOf(number('deck', 27));
const seed = number('seed', 1001);
const dim = number('dim', 27);
const pairs = number('pairs', 5);
const width = number('width', 64);
const steps = number('steps', 1000);
const model: ModelConfiguration = {
  model: dim === 0 ? 'noncontrastive' : 'contrastive',
  ...(dim === 0 ? {} : { dim }),
  keys: deck.keys,
  values: deck.values,
  layout:
    game === 'shatter'
      ? { kind: 'members' }
      : { kind: 'pairs', pairs: game === 'union' || game === 'symdiff' ? pairs : 1 },
  encoder: {
    layers: number('layers', 3),
    width,
    heads: number('heads', 4),
    feedForward: number('feedForward', 4 * width),
    pooling: text('pooling', 'mean') === 'start' ? 'start' : 'mean',
  },
  keyScale: number('keyScale', 1),
};
const lessons = text('lessons', '2:0.4,3:0.15')
  .split(',')
  .filter((lesson) => lesson !== '')
  .map((lesson) => lesson.split(':').map(Number))
  .map(([most, share]) => ({ pairs: most, share }));
const request = { deck, game, pairs, seed };
const queries = trainingQueries({ ...request, count: number('queries', 262144) });
const tests = validationQueries({ ...request, count: number('tests', 2048) });
const specs = modelParameters(model);
const training = {
  step: {
    model,
    objective: text('objective', 'expected') === 'sampled' ? 'sampled' : 'expected',
    batch: number('batch', 128),
    keyRate: number('keyRate', 1),
    optimizer: text('optimizer', 'adam') === 'muon' ? 'muon' : 'adam',
  },
  parameters: initialise(specs, seed),
  batches: batchSource(
    queries,
    model.layout,
    deck.keys,
    vocabulary(deck).pad,
    number('batch', 128),
    seed,
  ),
  schedule: { peak: number('rate', 0.003), warmUp: number('warmUp', 100), steps },
  curriculum: { lessons, review: number('review', 0.4) },
  seed,
} as const;
const every = Math.max(1, Math.round(steps / number('prints', 5)));
const fit = number('fit', 0) === 1;
const unknown = [...given.keys()].filter((name) => !used.has(name) && name !== 'prints');
if (unknown.length > 0) throw new Error(`unknown arguments: ${unknown.join(', ')}`);

const started = process.cpuUsage();
function seconds() {
  const { user, system } = process.cpuUsage(started);
  return ((user + system) / 1e6).toFixed(1);
}
const isTrue = trueKeys(tests, deck.keys);
const options = { queriesPerBatch: 512, pad: vocabulary(deck).pad };
const few = { ...tests, count: Math.min(512, tests.count) };
async function printAt(step: number, loss: number, parameters: Parameters) {
  const scores = await scoreQueries(model, parameters, few, options);
  const { kl, overlap } = accuracyOf(scores, isTrue, few.count, deck.keys);
  console.log(
    `step ${step} loss ${loss.toFixed(3)} KL ${meanOf(kl).mean.toFixed(3)} overlap ${meanOf(overlap).mean.toFixed(3)} cpu ${seconds()}`,
  );
}
let losses: number[] = [];
const trained = await train(training, {
  onStep: ({ loss }) => losses.push(loss),
  waypoints: {
    every,
    async visit({ step, parameters }) {
      await printAt(step, meanOf(losses).mean, parameters);
      losses = [];
    },
  },
});
const trainSeconds = seconds();
const scores = await scoreQueries(model, trained.parameters, tests, options);
function at(temperature: number) {
  return queryMetrics(
    scores.map((score) => score * temperature),
    isTrue,
    tests.count,
    deck.keys,
  );
}
const metrics = at(1);
function show(values: Float64Array) {
  const { mean, standardError } = meanOf(values);
  return `${mean.toFixed(4)}±${standardError.toFixed(4)}`;
}
const best = fit
  ? [1.2, 1.5, 2, 3, 4].map((t) => [t, meanOf(at(t).kl).mean] as const).sort((a, b) => a[1] - b[1])
  : [];
const truth = meanOf(
  Float64Array.from({ length: tests.count }, (_, i) =>
    Math.log(maskSize(tests.keyMasks, i * deck.maskWords, deck.maskWords)),
  ),
);
console.log(
  `RESULT ${process.argv.slice(2).join(' ')} | parameters ${parameterCount(specs)} | KL ${show(metrics.kl)} | overlap ${show(metrics.overlap)} | ` +
    `entropy ${show(metrics.entropy)} (true ${truth.mean.toFixed(3)}) | cpu ${trainSeconds} s` +
    (fit ? ` | KL ${best[0][1].toFixed(4)} at scores x ${best[0][0]}` : ''),
);
