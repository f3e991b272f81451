import type { Deck } from '../../study/deck/deck.ts';
import { vocabulary } from '../../study/deck/tokens.ts';
import { optimise, type Search, startingVectors } from '../../study/floor/free-vectors.ts';
import { qualities } from '../../study/floor/quality.ts';
import { trueKeys } from '../../study/games/true-keys.ts';
import { accuracyOf } from '../../study/metrics/accuracy.ts';
import { meanOf } from '../../study/metrics/aggregates.ts';
import type { EncoderConfiguration, ModelConfiguration } from '../../study/models/configuration.ts';
import { modelParameters } from '../../study/models/model.ts';
import { initialise } from '../../study/models/parameters.ts';
import { scoreQueries } from '../../study/models/score.ts';
import type { TrainingBackend } from '../../study/training/backend.ts';
import { batchSource } from '../../study/training/batches.ts';
import { train } from '../../study/training/loop.ts';
import { allSubsets, answersOf, halves, queriesOf } from './subsets.ts';
import type { RungRow } from './tables.ts';

interface FreeSettings {
  readonly d: number;
  /** Starts that are trained with both objectives, one per seed. */
  readonly seeds: readonly number[];
  /** Further starts with cross-entropy, for the optimum. */
  readonly restarts: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** The rungs of free key and query vectors on all subsets: optimum, cross-entropy, InfoNCE. */
export async function freeRungs(
  deck: Deck,
  { d, seeds, restarts, steps, learningRate }: FreeSettings,
  options: Pick<Search, 'signal' | 'onStep'>,
): Promise<readonly RungRow[]> {
  const sets = answersOf(allSubsets(deck), deck);
  const search = { restarts: seeds.length + restarts, steps, learningRate, seed: 1, ...options };
  const start = startingVectors(sets, deck, d, search);
  const starts = (values: Float32Array, count: number) =>
    values.slice(0, (values.length / search.restarts) * count);
  const ofSeeds = {
    keys: starts(start.keys, seeds.length),
    queries: starts(start.queries, seeds.length),
  };
  const crossEntropy = qualities(await optimise(sets, d, 'kl', start, search), sets, d);
  const infonce = qualities(await optimise(sets, d, 'infonce', ofSeeds, search), sets, d);
  const best = [...crossEntropy, ...infonce].reduce((a, b) => (b.kl < a.kl ? b : a));
  return seeds.flatMap((seed, i) => [
    { d, seed, rung: 'optimum' as const, ...best },
    { d, seed, rung: 'cross-entropy' as const, ...crossEntropy[i] },
    { d, seed, rung: 'infonce' as const, ...infonce[i] },
  ]);
}

interface EncoderSettings {
  readonly d: number;
  readonly seed: number;
  readonly encoder: EncoderConfiguration;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmUp: number;
  readonly keyScale: number;
  readonly backend: TrainingBackend;
}

/** The rung of an encoder that is trained on all subsets, or on half of them and asked for the others. */
export async function encoderRung(
  deck: Deck,
  rung: 'encoder' | 'half',
  settings: EncoderSettings,
  signal: AbortSignal,
): Promise<RungRow> {
  const { d, seed, encoder, steps, batch, learningRate, warmUp, keyScale, backend } = settings;
  const subsets = allSubsets(deck);
  const [seen, asked] = rung === 'half' ? halves(subsets, seed) : [subsets, subsets];
  const { pad } = vocabulary(deck);
  const model: ModelConfiguration = {
    model: 'contrastive',
    dim: d,
    keys: deck.keys,
    values: deck.values,
    layout: { kind: 'members' },
    encoder,
    keyScale,
  };
  const { parameters } = await train(
    {
      step: { model, objective: 'expected', batch, keyRate: 1, optimizer: 'muon' },
      parameters: initialise(modelParameters(model), seed),
      batches: batchSource(queriesOf(seen, deck), model.layout, deck.keys, pad, batch, seed),
      schedule: { peak: learningRate, warmUp, steps },
      curriculum: { lessons: [], review: 0 },
      seed,
      backend,
    },
    { signal },
  );
  const queries = queriesOf(asked, deck);
  const scoring = { queriesPerBatch: asked.length, pad, signal };
  const scores = await scoreQueries(model, parameters, queries, scoring);
  const truth = trueKeys(queries, deck.keys);
  const { kl, overlap } = accuracyOf(scores, truth, queries.count, deck.keys);
  return { d, seed, rung, kl: meanOf(kl).mean, overlap: meanOf(overlap).mean };
}
