import type { Tensor2D } from '@tensorflow/tfjs';
import { type StepDefinition, tf } from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { type SequenceModel, sourceAttention } from '../encoder-decoder.ts';
import { asState } from '../state.ts';
import type { AttentionRow, PairRow } from './tables.ts';

/** Stands for `END`. */
const END_MARK = '(end)';

/** Units of the sentence whose attention is shown: enough to see a pattern, few enough to read. */
const SHOWN = 16;

/** The training pair with the most units that are not too many to read. */
export function exampleOf(pairs: readonly PairRow[]): number {
  const lengths = pairs.map(({ split, french, english }) =>
    split === 'train' ? Math.max(french.split(' ').length, english.split(' ').length) : 0,
  );
  const readable = lengths.map((length) => (length <= SHOWN ? length : 0));
  return readable.indexOf(Math.max(...readable));
}

/** Mean over the heads of the last layer. // -> [1, T, S] */
export function attentionStep(model: SequenceModel, parameters: Parameters): StepDefinition {
  const { source: S, target: T } = model.shape;
  return {
    inputs: {
      source: { shape: [1, S], dtype: 'int32' },
      previous: { shape: [1, T], dtype: 'int32' },
    },
    state: asState(parameters),
    step: (inputs, state) => {
      const rows = inputs as Record<'source' | 'previous', Tensor2D>;
      const weights = sourceAttention(state, model, rows.source, rows.previous);
      return { outputs: { weights: tf.mean(weights, 1) } };
    },
  };
}

/** The end of both sentences is a place of its own. // weights [T, S] */
export function attentionRows(
  { french, english }: PairRow,
  weights: ArrayLike<number>,
  S: number,
): readonly AttentionRow[] {
  const [sources, targets] = [french, english].map((units) => [...units.split(' '), END_MARK]);
  return targets.flatMap((target, t) =>
    sources.map((source, s) => ({
      target: t,
      source: s,
      english: target,
      french: source,
      weight: weights[t * S + s],
    })),
  );
}
