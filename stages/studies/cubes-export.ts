import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { exportClip } from '../../src/studies/cubes/export.ts';
import { measureCubes } from '../../src/studies/cubes/measure.ts';
import { MODEL_PARAMS, trainingOf } from '../../src/studies/cubes/params.ts';
import { readPictures } from '../../src/studies/cubes/pictures.ts';
import { ACCURACY_TABLE } from '../../src/studies/cubes/tables.ts';
import { tokenizerFile } from '../../src/studies/cubes/words.ts';
import { writeRows } from '../../src/tables/records.ts';

/** A small CLIP as the files that `cubes-own` reads: two ONNX encoders and a tokenizer. */
export default defineStage({
  params: z.strictObject({ ...MODEL_PARAMS, scorer: z.literal('clip'), seed: z.int().default(1) }),
  inputs: { train: 'one', test: 'one' },
  outputs: {
    image: 'image.onnx',
    text: 'text.onnx',
    tokenizer: 'tokenizer.json',
    accuracy: 'accuracy.arrow',
  },
  async run({ params: { seed, ...params }, inputs, outputs, signal }) {
    const [train, test] = [readPictures(inputs.train.path), readPictures(inputs.test.path)];
    const training = trainingOf(params, train, seed);
    const { parameters, accuracy } = await measureCubes(training, train, test, { signal });
    await exportClip(training.model, parameters, outputs);
    writeFileSync(outputs.tokenizer, `${JSON.stringify(tokenizerFile(), null, 2)}\n`);
    writeRows(outputs.accuracy, ACCURACY_TABLE, accuracy);
  },
});
