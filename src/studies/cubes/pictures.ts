import { stream } from '../../random/streams.ts';
import { fixedSizeList, numbers, utf8 } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import { allCaptions, type Caption, captionOf, heldOutOf, textOf } from './captions.ts';
import { drawScene, pictureOf } from './scene.ts';

/** Several pictures each of some captions. */
export interface Pictures {
  /** Pixels of an edge. */
  readonly size: number;
  readonly captions: readonly PicturedCaption[];
  /** Pictures of each caption. */
  readonly views: number;
  /** 0 to 255, by caption and view. // [captions, views, 3, size, size] */
  readonly pixels: Uint8Array;
}

export interface PicturedCaption extends Caption {
  /** Whether training leaves it out. */
  readonly isHeldOut: boolean;
}

interface PictureSettings {
  /** Numbers of cubes of a stack. */
  readonly heights: readonly number[];
  /** Share of the captions that training leaves out. */
  readonly heldOut: number;
  readonly size: number;
  readonly views: number;
  readonly seed: number;
}

/** Pictures for training: of the captions that are not left out; or for tests: other ones, of all captions. */
export function drawPictures(use: 'train' | 'test', settings: PictureSettings): Pictures {
  const { heights, heldOut, size, views, seed } = settings;
  const all = allCaptions(heights);
  const left = heldOutOf(all, heldOut, seed);
  const captions = all
    .filter((caption) => use === 'test' || !left.has(caption))
    .map((caption) => ({ ...caption, isHeldOut: left.has(caption) }));
  const pixels = new Uint8Array(captions.length * views * 3 * size * size);
  captions.forEach((caption, row) => {
    for (let view = 0; view < views; view++) {
      pixels.set(
        pictureOf(sceneOf(use, caption, view, seed), size),
        (row * views + view) * 3 * size * size,
      );
    }
  });
  return { size, captions, views, pixels };
}

/** The scene of a picture: the same for every size in pixels. */
export function sceneOf(use: 'train' | 'test', caption: Caption, view: number, seed: number) {
  return drawScene(caption, stream(seed, 'cubes', use, caption.colours.join(''), view));
}

/** Writes a row per caption: its text, its colours from top to bottom, and the pixels of all its pictures. */
export function writePictures(path: string, { size, captions, views, pixels }: Pictures): void {
  writeTable(path, {
    metadata: { size: String(size), views: String(views) },
    columns: {
      text: utf8(captions.map(textOf)),
      colours: utf8(captions.map(({ colours }) => colours.join(''))),
      heldOut: numbers(
        'uint8',
        captions.map(({ isHeldOut }) => (isHeldOut ? 1 : 0)),
      ),
      pixels: fixedSizeList('uint8', views * 3 * size * size, pixels),
    },
  });
}

export function readPictures(path: string): Pictures {
  const table = readTable(path, 'cubes-pictures');
  const heldOut = table.numbers('heldOut', 'uint8');
  return {
    size: Number(table.note('size')),
    views: Number(table.note('views')),
    captions: table.utf8('colours').map((colours, row) => ({
      ...captionOf([...colours].map(Number)),
      isHeldOut: heldOut[row] === 1,
    })),
    pixels: table.fixedSizeLists('pixels', 'uint8').values,
  };
}

/** Pixels as the models read them, -1 to 1. */
export function normalised(pixels: Uint8Array, into: Float32Array, at: number): void {
  for (let i = 0; i < pixels.length; i++) into[at + i] = pixels[i] / 127.5 - 1;
}
