import { z } from 'zod';
import { saveOnnx } from '../src/engine/index.ts';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readModel } from '../src/study/models/model-table.ts';
import { oneQueryStep } from '../src/study/models/one-query.ts';

/** A trained model as a standard ONNX file: the tokens of one query to the scores of all keys. */
export default defineStage({
  params: z.strictObject({}),
  inputs: { weights: 'one' },
  outputs: { model: 'model.onnx' },
  async run({ inputs, outputs }) {
    const { model, parameters } = readModel(inputs.weights.path);
    await saveOnnx(outputs.model, oneQueryStep(model, parameters));
  },
});
