import type { Stream } from '../../random/stream.ts';
import { stream } from '../../random/streams.ts';
import { type Points, Separator, SPAN } from './separator.ts';

interface LabelingCount {
  /** Number of labelings tried. */
  readonly tried: number;
  readonly separable: number;
}

/** n points in d dimensions with uniform integer coordinates: in general position, almost surely. */
export function randomPoints(n: number, d: number, seed: number): Points {
  // 'separability' was the study's first name: another name would draw other points.
  const random = stream(seed, 'separability', 'points', n, d);
  const coordinate = () => random.below(2 * SPAN + 1) - SPAN;
  return Array.from({ length: n }, () => Array.from({ length: d }, coordinate));
}

/**
 * Counts the separable labelings among all 2^n. A labeling is separable exactly if its opposite is,
 * so only one of the two is tried.
 */
export async function countAll(points: Points, bias: boolean): Promise<LabelingCount> {
  const half = 2 ** (points.length - 1);
  const separable = await count(points, bias, half, (index) =>
    points.map((_, i) => i === 0 || Math.floor(index / 2 ** (i - 1)) % 2 === 1),
  );
  return { tried: 2 * half, separable: 2 * separable };
}

/** Counts the separable labelings among `tries` drawn uniformly. */
export async function countRandom(
  points: Points,
  bias: boolean,
  tries: number,
  seed: number,
): Promise<LabelingCount> {
  const random: Stream = stream(seed, 'separability', 'labels', points.length, points[0].length);
  const separable = await count(points, bias, tries, () => points.map(() => random.below(2) === 1));
  return { tried: tries, separable };
}

async function count(
  points: Points,
  bias: boolean,
  tries: number,
  labeling: (index: number) => readonly boolean[],
): Promise<number> {
  const separator = await Separator.of(points, bias);
  try {
    let separable = 0;
    for (let index = 0; index < tries; index++) {
      if (separator.separates(labeling(index))) separable++;
    }
    return separable;
  } finally {
    separator.dispose();
  }
}
