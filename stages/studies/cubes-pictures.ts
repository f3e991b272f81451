import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { STACK_PARAMS } from '../../src/studies/cubes/params.ts';
import { drawPictures, writePictures } from '../../src/studies/cubes/pictures.ts';

/** Pictures of stacked cubes, for training and for tests. */
export default defineStage({
  params: z.strictObject({
    ...STACK_PARAMS,
    /** Pixels of an edge. */
    size: z.int().min(8),
    /** Pictures of every caption that is trained on. */
    trainViews: z.int().min(1),
  }),
  inputs: {},
  outputs: { train: 'train.arrow', test: 'test.arrow' },
  run({ params: { trainViews, testViews, pictureSeed, ...stacks }, outputs }) {
    const settings = { ...stacks, seed: pictureSeed };
    writePictures(outputs.train, drawPictures('train', { ...settings, views: trainViews }));
    writePictures(outputs.test, drawPictures('test', { ...settings, views: testViews }));
  },
});
