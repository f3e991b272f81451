import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Coordinates, ReportContext } from '../../src/pipe/pipeline/contract.ts';
import { GAMES } from '../../src/study/games/query-set.ts';
import buildQueries from '../../stages/build-queries.ts';
import claims from '../../stages/claims.ts';
import countSubsets from '../../stages/count-subsets.ts';
import evaluate from '../../stages/evaluate.ts';
import exportStage from '../../stages/export.ts';
import floor from '../../stages/floor.ts';
import generateDeck from '../../stages/generate-deck.ts';
import train from '../../stages/train.ts';
import { runStage } from '../stages/run-stage.ts';

const CARDS = 9;
const PAIRS = 2;
const SEED = 1;
const MODELS: readonly Coordinates[] = [
  { model: 'contrastive', dim: 9 },
  { model: 'contrastive', dim: 2 },
  { model: 'noncontrastive' },
];

type Outputs = Readonly<Record<string, string>>;
interface Made {
  readonly stage: string;
  readonly axes: Coordinates;
  readonly outputs: Outputs;
}

/** The stages of the study in a folder, on 9 cards with barely trained models, as a report's pages see them. */
export async function smallStudy(folder: string): Promise<ReportContext> {
  const made: Made[] = [];
  const make = async <O extends Outputs>(
    stage: string,
    axes: Coordinates,
    run: (folder: string) => Promise<O>,
  ): Promise<O> => {
    const place = join(folder, stage, Object.values(axes).join('-') || 'all');
    mkdirSync(place, { recursive: true });
    const outputs = await run(place);
    made.push({ stage, axes, outputs });
    return outputs;
  };
  const gathered = (stage: string, output: string) =>
    made.flatMap((one) =>
      one.stage === stage && output in one.outputs
        ? [{ path: one.outputs[output], axes: one.axes }]
        : [],
    );

  const deck = { path: (await make('generate-deck', { deck: CARDS }, makeDeck)).deck };
  for (const game of GAMES) {
    const place = { deck: CARDS, game, seed: SEED };
    const built = await make('build-queries', place, (at) =>
      runStage(
        buildQueries,
        at,
        { game, seed: SEED, pairs: PAIRS, trainQueries: 2000, testQueries: 200 },
        { deck },
      ),
    );
    const queries = { path: built.test };
    for (const model of MODELS) {
      const axes = { ...place, ...model };
      const trained = await make('train', axes, (at) =>
        runStage(train, at, { ...TRAINING, ...axes }, { deck, queries: { path: built.train } }),
      );
      const weights = { path: trained.weights };
      await make('evaluate', axes, (at) =>
        runStage(
          evaluate,
          at,
          { queriesPerBatch: 64 },
          {
            deck,
            queries,
            weights,
            seen: { path: built.seen },
          },
        ),
      );
      await make('export', axes, (at) => runStage(exportStage, at, {}, { weights }));
      const { seed: _, ...floorAxes } = axes;
      const params = { ...FLOOR, game, ...('dim' in model ? { dim: model.dim } : {}) };
      await make('floor', floorAxes, (at) =>
        runStage(floor, at, params, { deck, queries: [{ ...queries, axes: place }] }),
      );
    }
  }
  const counts = await make('count-subsets', {}, (at) =>
    runStage(
      countSubsets,
      at,
      { decks: [CARDS], maxPairs: PAIRS },
      { queries: gathered('build-queries', 'test') },
    ),
  );
  await make('claims', {}, (at) =>
    runStage(
      claims,
      at,
      { profile: 'test' },
      {
        metrics: gathered('evaluate', 'metrics'),
        counts: { path: counts['subset-counts'] },
        floors: gathered('floor', 'floor'),
      },
    ),
  );
  return {
    profile: 'test',
    instances: made.map(({ stage, axes, outputs }) => ({
      id: `${stage}[${Object.entries(axes).map(([name, value]) => `${name}=${value}`)}]`,
      stage,
      axes,
      params: {},
      metrics: {},
      outputs: Object.keys(outputs),
    })),
    artifacts: gathered,
    artifact: (stage, output, axes = {}) =>
      gathered(stage, output).find((one) =>
        Object.entries(axes).every(([name, value]) => one.axes[name] === value),
      )?.path,
  };
}

function makeDeck(at: string) {
  return runStage(generateDeck, at, { deck: CARDS, values: 3 }, {});
}

const TRAINING = {
  encoder: { layers: 2, width: 16, heads: 4, feedForward: 32 },
  steps: 8,
  batch: 32,
  learningRate: 0.01,
  warmUp: 2,
  objective: 'expected',
};

const FLOOR = { queries: 64, heldOut: 32, restarts: 1, steps: 5, learningRate: 0.1 };
