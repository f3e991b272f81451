import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { USUAL } from '../../src/studies/encoder-decoder.ts';
import { ENCODER_DECODER } from '../../src/studies/encoder-decoder-params.ts';
import { learn } from '../../src/studies/fractions/experiment.ts';
import { DEEPEST_PARAM } from '../../src/studies/fractions/params.ts';
import {
  ANSWER_TABLE,
  BINDINGS,
  POINT_TABLE,
  PROBE_TABLE,
  PROMPT_TABLE,
  SIZE_TABLE,
} from '../../src/studies/fractions/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains a small encoder-decoder transformer to simplify nested divisions, and asks it about deeper ones. */
export default defineStage({
  params: z.strictObject({
    ...ENCODER_DECODER,
    binding: z.enum(BINDINGS),
    deepest: DEEPEST_PARAM,
    /** Held-out expressions of each depth. */
    tests: z.int().min(1),
    /** Expressions that probes are made from, and of each depth asked about. */
    probes: z.int().min(1),
  }),
  inputs: {},
  outputs: {
    size: 'size.arrow',
    curve: 'curve.arrow',
    answers: 'answers.arrow',
    prompts: 'prompts.arrow',
    probes: 'probes.arrow',
  },
  async run({ params, outputs, signal, progress }) {
    const { binding, layers, heads, width, feedForward, learningRate, warmUp, ...task } = params;
    const roles = binding === 'roles';
    const { steps } = params;
    const learned = await learn(
      {
        ...task,
        model: { layers, heads, width, feedForward, ...USUAL, roles },
        schedule: { peak: learningRate, warmUp, steps },
      },
      {
        signal,
        onPoint: (points) =>
          progress({
            done: points[0].step,
            total: steps,
            unit: 'step',
            values: Object.fromEntries(
              points.map(({ depth, exactMatch }) => [`depth ${depth}`, exactMatch]),
            ),
          }),
      },
    );
    writeRows(outputs.size, SIZE_TABLE, [{ parameters: learned.parameters }]);
    writeRows(outputs.curve, POINT_TABLE, learned.points);
    writeRows(outputs.answers, ANSWER_TABLE, learned.answers);
    writeRows(outputs.prompts, PROMPT_TABLE, learned.prompts);
    writeRows(outputs.probes, PROBE_TABLE, learned.probes);
  },
});
