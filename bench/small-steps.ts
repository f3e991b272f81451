// Training steps of the study's small models, full length, by its recipe (expected objective, Muon, batch 64):
// nodes of the graph, compilation, and the time of a step with its processor time.
// usage: npm run bench:small-steps [-- --steps=200]

import { nodesFor } from '../src/engine/graph/graph.ts';
import { compile } from '../src/engine/index.ts';
import { optimise } from '../src/engine/passes/optimise.ts';
import { trace } from '../src/engine/trace/trace.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import type { Game } from '../src/study/games/query-set.ts';
import { trainingQueries } from '../src/study/games/sampling.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { modelParameters } from '../src/study/models/model.ts';
import { initialise } from '../src/study/models/parameters.ts';
import { queryValues } from '../src/study/models/query-batch.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { trainingStep } from '../src/study/training/step.ts';
import { median, timed } from './step/engine.ts';

const BATCH = 64;
const WARM_UP = 10;

interface Case {
  readonly profile: string;
  readonly cards: number;
  readonly game: Game;
  readonly pairs: number;
  readonly model: ModelConfiguration['model'];
  readonly layers: number;
  readonly width: number;
}

const CI = { profile: 'ci', cards: 9, layers: 4 } as const;
const DEFAULT = { profile: 'default', cards: 27, width: 64 } as const;
const CASES: readonly Case[] = [
  { ...CI, game: 'star', pairs: 1, model: 'contrastive', width: 32 },
  { ...CI, game: 'union', pairs: 3, model: 'contrastive', width: 48 },
  { ...CI, game: 'union', pairs: 3, model: 'noncontrastive', width: 48 },
  { ...DEFAULT, game: 'union', pairs: 5, model: 'contrastive', layers: 4 },
  { ...DEFAULT, game: 'union', pairs: 5, model: 'noncontrastive', layers: 4 },
  { ...DEFAULT, game: 'shatter', pairs: 1, model: 'contrastive', layers: 2 },
];

async function measure(
  { profile, cards, game, pairs, layers, width, ...rest }: Case,
  steps: number,
) {
  const deck = deckOf(cards);
  const model: ModelConfiguration = {
    model: rest.model,
    ...(rest.model === 'contrastive' ? { dim: cards } : {}),
    keys: deck.keys,
    values: deck.values,
    layout: game === 'shatter' ? { kind: 'members' } : { kind: 'pairs', pairs },
    encoder: { layers, width, heads: 4, feedForward: 4 * width, pooling: 'mean' },
    keyScale: 5,
  };
  const queries = trainingQueries({ deck, game, pairs, seed: 1, count: 4096 });
  const { pad } = vocabulary(deck);
  const batch = batchSource(queries, model.layout, deck.keys, pad, BATCH, 1).draw(0, pairs);
  const definition = trainingStep(
    { model, objective: 'expected', batch: BATCH, keyRate: 1, optimizer: 'muon' },
    initialise(modelParameters(model), 1),
    batch.length,
  );
  const traced = trace(definition);
  const values = [...traced.outputs.values(), ...traced.nextState.values()];
  optimise(values);
  const nodes = nodesFor(values).length;
  const [compilation] = await timed(1, () =>
    compile(definition).then((program) => program.dispose()),
  );
  const program = await compile(definition);
  const inputs = {
    ...queryValues(batch),
    shares: batch.shares,
    learningRate: Float32Array.of(1e-3),
  };
  await timed(WARM_UP, () => program.run(inputs));
  const samples = await timed(steps, () => program.run(inputs));
  await program.dispose();
  const ms = median(samples.map((sample) => sample.ms));
  const cpuMs = samples.reduce((sum, sample) => sum + sample.cpuMs, 0) / samples.length;
  console.log(
    `${profile.padEnd(8)} ${game.padEnd(8)} ${rest.model.padEnd(14)} ${nodes} nodes, compiled in ` +
      `${compilation.cpuMs.toFixed(0)} ms of processor time; ${ms.toFixed(2)} ms/step ` +
      `(${cpuMs.toFixed(2)} of processor time)`,
  );
}

const given = process.argv.slice(2);
const steps = Number(given[0]?.match(/^--steps=(\d+)$/)?.[1] ?? (given.length === 0 ? 200 : 0));
if (steps < 1 || given.length > 1) {
  console.error('usage: npm run bench:small-steps [-- --steps=NUMBER]');
  process.exit(2);
}
for (const one of CASES) await measure(one, steps);
