import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readDeck } from '../src/study/deck/table.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { readQuerySet } from '../src/study/games/query-table.ts';
import { readSeen } from '../src/study/games/seen.ts';
import { trueKeys } from '../src/study/games/true-keys.ts';
import { exampleQueries } from '../src/study/metrics/examples.ts';
import { writeExamples } from '../src/study/metrics/examples-table.ts';
import { queryMetrics } from '../src/study/metrics/per-query.ts';
import { effectiveRank, gramOfScores, spectrumOf } from '../src/study/metrics/spectrum.ts';
import {
  readMeanMetrics,
  writeMeanMetrics,
  writeQueryMetrics,
} from '../src/study/metrics/tables.ts';
import { queryFlops } from '../src/study/models/cost.ts';
import { modelParameters } from '../src/study/models/model.ts';
import { readModel } from '../src/study/models/model-table.ts';
import { parameterCount } from '../src/study/models/parameters.ts';
import { scoreQueries } from '../src/study/models/score.ts';

/**
 * How far another machine's rounding moves the metrics of a trained model, relatively: training
 * amplifies differences in the last bit. docs/lock-file.md has the measurement.
 */
const ROUNDING = 0.1;

/** Singular values of float32 scores below this share of the largest are rounding. */
const SCORE_ROUNDING = 1e-5;

export default defineStage({
  params: z.strictObject({
    /** Queries scored at a time: changes memory and speed, and the scores by rounding only. */
    queriesPerBatch: z.int().min(1),
  }),
  inputs: { deck: 'one', queries: 'one', seen: 'one', weights: 'one' },
  outputs: { queries: 'queries.arrow', metrics: 'metrics.arrow', examples: 'examples.arrow' },
  headline: ({ metrics }) => {
    const { kl, overlap } = readMeanMetrics(metrics);
    return {
      kl: { value: kl, within: ROUNDING * Math.max(kl, 0.1) },
      overlap: { value: overlap, within: ROUNDING / 2 },
    };
  },
  async run({ params, inputs, outputs, signal, progress }) {
    const deck = readDeck(inputs.deck.path);
    const queries = readQuerySet(inputs.queries.path);
    const { model, parameters, steps } = readModel(inputs.weights.path);
    const scores = await scoreQueries(model, parameters, queries, {
      queriesPerBatch: params.queriesPerBatch,
      pad: vocabulary(deck).pad,
      signal,
      onProgress: (done) => progress({ done, total: queries.count, unit: 'query' }),
    });
    const truth = trueKeys(queries, deck.keys);
    const metrics = queryMetrics(scores, truth, queries.count, deck.keys);
    writeQueryMetrics(outputs.queries, metrics);
    const examples = exampleQueries(scores, truth, metrics.trueKeys, deck.keys);
    writeExamples(outputs.examples, examples, deck.keys);
    const spectrum = spectrumOf(gramOfScores(scores, deck.keys));
    writeMeanMetrics(outputs.metrics, metrics, readSeen(inputs.seen.path), {
      parameters: parameterCount(modelParameters(model)),
      flops: queryFlops(model, queries.sequenceLength),
      steps,
      rank: spectrum.values.filter((value) => value > SCORE_ROUNDING * spectrum.values[0]).length,
      effectiveRank: effectiveRank(spectrum),
    });
  },
});
