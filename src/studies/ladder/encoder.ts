import type { Deck } from '../../study/deck/deck.ts';
import { vocabulary } from '../../study/deck/tokens.ts';
import { trueKeys } from '../../study/games/true-keys.ts';
import { accuracyOf } from '../../study/metrics/accuracy.ts';
import { meanOf } from '../../study/metrics/aggregates.ts';
import type { EncoderConfiguration, ModelConfiguration } from '../../study/models/configuration.ts';
import { modelParameters } from '../../study/models/model.ts';
import { initialise } from '../../study/models/parameters.ts';
import { scoreQueries } from '../../study/models/score.ts';
import { batchSource } from '../../study/training/batches.ts';
import { train } from '../../study/training/loop.ts';
import { allSubsets, halves, queriesOf } from './subsets.ts';
import type { RungRow } from './tables.ts';

export interface EncoderSettings {
  readonly d: number;
  readonly seed: number;
  readonly encoder: EncoderConfiguration;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmUp: number;
  readonly keyScale: number;
}

/** The rung of an encoder that is trained on all subsets, or on half of them and asked for the others. */
export async function encoderRung(
  deck: Deck,
  rung: 'encoder' | 'half',
  settings: EncoderSettings,
  signal: AbortSignal,
): Promise<RungRow> {
  const { d, seed, encoder, steps, batch, learningRate, warmUp, keyScale } = settings;
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
