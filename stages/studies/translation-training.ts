import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { USUAL } from '../../src/studies/encoder-decoder.ts';
import { ENCODER_DECODER } from '../../src/studies/encoder-decoder-params.ts';
import { learn } from '../../src/studies/translation/experiment.ts';
import {
  ATTENTION_TABLE,
  PAIR_TABLE,
  POINT_TABLE,
  TRANSLATION_TABLE,
  UNIT_TABLE,
} from '../../src/studies/translation/tables.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Overfits a small encoder-decoder transformer on sentence pairs. */
export default defineStage({
  params: z.strictObject({
    ...ENCODER_DECODER,
  }),
  inputs: { pairs: 'one', units: 'one' },
  outputs: {
    curve: 'curve.arrow',
    translations: 'translations.arrow',
    attention: 'attention.arrow',
  },
  async run({ params, inputs, outputs, signal, progress }) {
    const { layers, heads, width, feedForward, learningRate, warmUp, steps } = params;
    const { points, translations, attention } = await learn(
      {
        pairs: readRows(inputs.pairs.path, PAIR_TABLE),
        units: readRows(inputs.units.path, UNIT_TABLE),
        model: { layers, heads, width, feedForward, ...USUAL },
        batch: params.batch,
        schedule: { peak: learningRate, warmUp, steps },
        every: params.every,
        seed: params.seed,
        backend: params.backend,
      },
      {
        signal,
        onPoint: ({ step, ...values }) =>
          progress({ done: step, total: steps, unit: 'step', values }),
      },
    );
    writeRows(outputs.curve, POINT_TABLE, points);
    writeRows(outputs.translations, TRANSLATION_TABLE, translations);
    writeRows(outputs.attention, ATTENTION_TABLE, attention);
  },
});
