import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { measureBlocks } from '../../src/studies/cubes/blocks.ts';
import { scoreOwnClip } from '../../src/studies/cubes/own-clip.ts';
import { STACK_PARAMS } from '../../src/studies/cubes/params.ts';
import { OWN_TABLE } from '../../src/studies/cubes/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

const CHANNELS = z.array(z.number()).length(3);

/** Which orders of stacked cubes a CLIP tells apart that is there as files: the reader's own, or the exported one. */
export default defineStage({
  params: z.strictObject({
    ...STACK_PARAMS,
    /** Whether the files are those of a pretrained CLIP. */
    pretrained: z.boolean(),
    /** Mean and deviation of red, green and blue between 0 and 1, as the model was trained with. */
    mean: CHANNELS,
    std: CHANNELS,
    /** Edge of a picture in pixels, where the file leaves it open. */
    size: z.int().min(1),
    /** Token that fills a text up, where the file fixes a length. */
    pad: z.int().min(0),
    /** What cosines are multiplied with before the softmax. */
    scale: z.number().positive(),
  }),
  inputs: { image: 'one', text: 'one', tokenizer: 'one' },
  outputs: { accuracy: 'accuracy.arrow' },
  async run({ params, inputs, outputs, signal }) {
    const { heights, heldOut, testViews, pictureSeed, pretrained, ...settings } = params;
    const { image, text, tokenizer } = inputs;
    const files = { image: image.path, text: text.path, tokenizer: tokenizer.path };
    const test = { heights, heldOut, views: testViews, seed: pictureSeed };
    const scored = await scoreOwnClip(files, settings, test, signal);
    const isPretrained = pretrained ? 1 : 0;
    const rows = measureBlocks(scored).map((measures) => ({ isPretrained, ...measures }));
    writeRows(outputs.accuracy, OWN_TABLE, rows);
  },
});
