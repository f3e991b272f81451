import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { measureCubes } from '../../src/studies/cubes/measure.ts';
import { MODEL_PARAMS, trainingOf } from '../../src/studies/cubes/params.ts';
import { readPictures } from '../../src/studies/cubes/pictures.ts';
import { ACCURACY_TABLE, CELL_TABLE, TRAINING_TABLE } from '../../src/studies/cubes/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains one kind of model on stacked cubes, once per seed, and measures which orders it tells apart. */
export default defineStage({
  params: z.strictObject({ ...MODEL_PARAMS, seeds: z.array(z.int()).min(1) }),
  inputs: { train: 'one', test: 'one' },
  outputs: { accuracy: 'accuracy.arrow', cells: 'cells.arrow', trainings: 'trainings.arrow' },
  async run({ params: { seeds, ...params }, inputs, outputs, signal, progress }) {
    const [train, test] = [readPictures(inputs.train.path), readPictures(inputs.test.path)];
    const total = seeds.length * params.steps;
    const measured = [];
    for (const [done, seed] of seeds.entries()) {
      const onStep = (step: number, loss: number) =>
        progress({ done: done * params.steps + step, total, unit: 'step', values: { loss } });
      const training = trainingOf(params, train, seed);
      measured.push(await measureCubes(training, train, test, { signal, onStep }));
    }
    writeRows(
      outputs.accuracy,
      ACCURACY_TABLE,
      measured.flatMap(({ accuracy }) => accuracy),
    );
    writeRows(
      outputs.cells,
      CELL_TABLE,
      measured.flatMap(({ cells }) => cells),
    );
    writeRows(
      outputs.trainings,
      TRAINING_TABLE,
      measured.map(({ training }) => training),
    );
  },
});
