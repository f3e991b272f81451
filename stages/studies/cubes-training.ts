import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { measureCubes } from '../../src/studies/cubes/measure.ts';
import { MODEL_PARAMS, trainingOf } from '../../src/studies/cubes/params.ts';
import { readPictures } from '../../src/studies/cubes/pictures.ts';
import { ACCURACY_TABLE, CELL_TABLE, TRAINING_TABLE } from '../../src/studies/cubes/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains one model on stacked cubes and measures which orders it tells apart. */
export default defineStage({
  params: z.strictObject({ ...MODEL_PARAMS, seed: z.int() }),
  inputs: { train: 'one', test: 'one' },
  outputs: { accuracy: 'accuracy.arrow', cells: 'cells.arrow', trainings: 'trainings.arrow' },
  async run({ params: { seed, ...params }, inputs, outputs, signal, progress }) {
    const [train, test] = [readPictures(inputs.train.path), readPictures(inputs.test.path)];
    const training = trainingOf(params, train, seed);
    const onStep = (done: number, loss: number) =>
      progress({ done, total: params.steps, unit: 'step', values: { loss } });
    const measured = await measureCubes(training, train, test, { signal, onStep });
    writeRows(outputs.accuracy, ACCURACY_TABLE, measured.accuracy);
    writeRows(outputs.cells, CELL_TABLE, measured.cells);
    writeRows(outputs.trainings, TRAINING_TABLE, [measured.training]);
  },
});
