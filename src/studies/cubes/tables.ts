import type { RowTypes } from '../../tables/records.ts';
import type { Batches } from './batches.ts';
import type { CubesModel } from './model.ts';

/** What identifies a trained model. */
export interface Run {
  readonly model: CubesModel['model'];
  /** Numbers per vector; 0 where there is none. */
  readonly d: number;
  readonly batches: Batches;
  readonly seed: number;
}

/** How well a model tells the orders of a block apart, over all blocks of a height. */
export interface AccuracyRow extends Run {
  /** Cubes of a stack. */
  readonly height: number;
  /** Captions that were trained on, or held out; the caption that is right, among all of its block. */
  readonly captions: 'trained' | 'held out';
  /** Pictures. */
  readonly pictures: number;
  /** Share of pictures whose own caption has the highest score of its block. */
  readonly ofPictures: number;
  /** Share of captions whose own picture has the highest score of the block's. */
  readonly ofCaptions: number;
  /** Mean share of the own caption in the softmax over its block. */
  readonly diagonal: number;
}

export const ACCURACY_TABLE: RowTypes<AccuracyRow> = {
  model: 'utf8',
  d: 'int32',
  batches: 'utf8',
  seed: 'int32',
  height: 'int32',
  captions: 'utf8',
  pictures: 'int32',
  ofPictures: 'float64',
  ofCaptions: 'float64',
  diagonal: 'float64',
};

/** A cell of the matrix of a block: softmax over the captions, mean over the pictures of a row's caption. */
export interface CellRow extends Run {
  /** Colours of the picture and of the caption, from top to bottom. */
  readonly picture: string;
  readonly caption: string;
  readonly share: number;
}

export const CELL_TABLE: RowTypes<CellRow> = {
  model: 'utf8',
  d: 'int32',
  batches: 'utf8',
  seed: 'int32',
  picture: 'utf8',
  caption: 'utf8',
  share: 'float64',
};

/** What a training took. */
export interface TrainingRow extends Run {
  /** Trained numbers. */
  readonly parameters: number;
  readonly steps: number;
  /** Mean over the last tenth of the steps. */
  readonly loss: number;
}

export const TRAINING_TABLE: RowTypes<TrainingRow> = {
  model: 'utf8',
  d: 'int32',
  batches: 'utf8',
  seed: 'int32',
  parameters: 'int32',
  steps: 'int32',
  loss: 'float64',
};

/** What the test of someone's own CLIP found. */
export interface OwnRow extends Omit<AccuracyRow, keyof Run> {
  /** 1 if the files are a pretrained CLIP's, 0 if they are the small one's that this study exports. */
  readonly isPretrained: number;
}

export const OWN_TABLE: RowTypes<OwnRow> = {
  isPretrained: 'uint8',
  height: 'int32',
  captions: 'utf8',
  pictures: 'int32',
  ofPictures: 'float64',
  ofCaptions: 'float64',
  diagonal: 'float64',
};

export interface CubesEvidence {
  readonly accuracy: readonly AccuracyRow[];
  readonly cells: readonly CellRow[];
  readonly trainings: readonly TrainingRow[];
  /** Of the exported model, as it was measured before the export. */
  readonly exported: readonly AccuracyRow[];
  /** Of the files. */
  readonly own: readonly OwnRow[];
}
