import type { Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, type StepDefinition, tf } from '../../engine/index.ts';
import { deckOf } from '../deck/deck.ts';
import { vocabulary } from '../deck/tokens.ts';
import { emptyQueries } from '../games/rows.ts';
import type { ModelConfiguration } from './configuration.ts';
import { narrowed } from './narrowed.ts';
import type { Parameters } from './parameters.ts';
import { emptyQueryBatch, fillQuery } from './query-batch.ts';
import { scoringStep } from './score.ts';

/**
 * A trained model for use outside of this project: from the `tokens` of one query, every slot filled, to
 * its `scores` of all keys. What else a model reads of a query follows from the tokens.
 * // tokens [1, T] int32 -> scores [1, K]
 */
export function oneQueryStep(trained: ModelConfiguration, values: Parameters): StepDefinition {
  const { model, parameters } = narrowed({ model: trained, parameters: values });
  const { layout, keys } = model;
  const deck = deckOf(keys, model.values);
  const { pad } = vocabulary(deck);
  const [game, pairs] =
    layout.kind === 'pairs' ? (['union', layout.pairs] as const) : (['shatter', 1] as const);
  const query = emptyQueries(deck, game, pairs, 1);
  const T = query.sequenceLength;
  const batch = emptyQueryBatch(layout, T, 1, pairs);
  fillQuery(batch, 0, query, 0, pad);
  const marksOf = (tokens: Tensor2D): NamedTensors =>
    batch.slots === undefined
      ? { present: tf.cast(tf.notEqual(tokens, pad), 'float32') }
      : { slots: tf.tensor2d(batch.slots, [1, T], 'int32') };
  const { state, step } = scoringStep(model, parameters, 1, T);
  return {
    inputs: { tokens: { shape: [1, T], dtype: 'int32' } },
    state,
    step: ({ tokens }, p) => step({ tokens, ...marksOf(tokens as Tensor2D) }, p),
  };
}
