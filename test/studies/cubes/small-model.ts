import type { CubesModel } from '../../../src/studies/cubes/model.ts';
import { drawPictures } from '../../../src/studies/cubes/pictures.ts';

/** A model of pictures of 16 pixels, and of captions of at most three cubes. */
export function smallModel(model: CubesModel['model'], words = 17): CubesModel {
  const encoder = { layers: 1, width: 16, heads: 2, feedForward: 32 };
  return { model, d: model === 'cross' ? 0 : 8, encoder, size: 16, patch: 8, words };
}

export function smallPictures(use: 'train' | 'test', heights: readonly number[], views: number) {
  return drawPictures(use, { heights, heldOut: 0, size: 16, views, seed: 1 });
}
