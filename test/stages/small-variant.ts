import trainVariant from '../../stages/train-variant.ts';
import { runStage } from './run-stage.ts';

/** Params of a training of a second on nine cards. */
export const SMALL_VARIANT = {
  game: 'set',
  cards: 9,
  pairs: 1,
  dimension: 9,
  seed: 1,
  encoder: { layers: 1, width: 16, heads: 2, feedForward: 16 },
  steps: 60,
  points: 3,
  batch: 64,
  learningRate: 0.02,
  warmUp: 5,
  keyScale: 5,
  trainQueries: 1000,
  testQueries: 100,
};

/** Trains it with some params changed. @returns the path of its predictions */
export async function trainSmallVariant(folder: string, changes: object): Promise<string> {
  const outputs = await runStage(trainVariant, folder, { ...SMALL_VARIANT, ...changes }, {});
  return outputs.predictions;
}
