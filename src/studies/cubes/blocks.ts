import { logSumExp } from '../../study/metrics/softmax.ts';
import { type Caption, COLOURS } from './captions.ts';
import type { PicturedCaption } from './pictures.ts';
import type { AccuracyRow, CellRow } from './tables.ts';

/** Scores of one picture of every caption of a block against all its captions. */
export interface BlockScores {
  readonly captions: readonly PicturedCaption[];
  /** Row-major. // [pictures, captions] */
  readonly scores: ArrayLike<number>;
}

type Measures = Pick<
  AccuracyRow,
  'height' | 'captions' | 'pictures' | 'ofPictures' | 'ofCaptions' | 'diagonal'
>;

/** Accuracy on the diagonal of all blocks, by height and by whether the caption was trained on. */
export function measureBlocks(blocks: readonly BlockScores[]): readonly Measures[] {
  const sums = new Map<string, { -readonly [K in keyof Measures]: Measures[K] }>();
  for (const { captions, scores } of blocks) {
    const n = captions.length;
    const columns = Float64Array.from(
      { length: n * n },
      (_, i) => scores[(i % n) * n + Math.floor(i / n)],
    );
    captions.forEach(({ colours, isHeldOut }, i) => {
      const of = isHeldOut ? 'held out' : 'trained';
      const key = `${colours.length} ${of}`;
      const sum = sums.get(key) ?? {
        height: colours.length,
        captions: of,
        pictures: 0,
        ofPictures: 0,
        ofCaptions: 0,
        diagonal: 0,
      };
      sum.pictures += 1;
      sum.ofPictures += isHighest(rowOf(scores, n, i), i) ? 1 : 0;
      sum.ofCaptions += isHighest(rowOf(columns, n, i), i) ? 1 : 0;
      sum.diagonal += softmax(rowOf(scores, n, i))[i];
      sums.set(key, sum);
    });
  }
  return [...sums.values()].map((sum) => ({
    ...sum,
    ofPictures: sum.ofPictures / sum.pictures,
    ofCaptions: sum.ofCaptions / sum.pictures,
    diagonal: sum.diagonal / sum.pictures,
  }));
}

/** The matrix of a block: the softmax of every picture's scores, mean over the blocks with these captions. */
export function cellsOf(
  blocks: readonly BlockScores[],
  block: string,
): readonly Pick<CellRow, 'picture' | 'caption' | 'share'>[] {
  const own = blocks.filter(({ captions }) => captions[0].block === block);
  const captions = own[0]?.captions ?? [];
  const n = captions.length;
  const shares = own.map(({ scores }) => captions.map((_, i) => softmax(rowOf(scores, n, i))));
  return captions.flatMap((picture, i) =>
    captions.map((caption, j) => ({
      picture: namesOf(picture),
      caption: namesOf(caption),
      share: shares.reduce((sum, rows) => sum + rows[i][j], 0) / shares.length,
    })),
  );
}

/** "red green blue", from top to bottom. */
function namesOf({ colours }: Caption): string {
  return colours.map((colour) => COLOURS[colour]).join(' ');
}

function rowOf(scores: ArrayLike<number>, n: number, row: number): Float64Array {
  return Float64Array.from({ length: n }, (_, column) => scores[row * n + column]);
}

function softmax(scores: Float64Array): Float64Array {
  const whole = logSumExp(scores);
  return scores.map((score) => Math.exp(score - whole));
}

/** Whether a score is higher than every other: a tie is none. */
function isHighest(scores: Float64Array, own: number): boolean {
  return scores.every((score, i) => i === own || score < scores[own]);
}
