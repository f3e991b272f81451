import type { Stream } from '../../random/stream.ts';
import { stream } from '../../random/streams.ts';

/** Pixels along an edge, as in scikit-learn's digits, for which these stand. */
export const EDGE = 8;
export const PIXELS = EDGE ** 2;
export const CLASSES = 10;
/** Levels of ink above none. */
const LEVELS = 16;

export interface Digits {
  readonly count: number;
  /** Ink from 0 to 1, in sixteenths. // [count, 64] */
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

type Point = readonly [number, number];
type Polyline = readonly Point[];

/** Corners of an arc about a middle; angles in turns, clockwise from the right. */
function arc([x, y]: Point, [width, height]: Point, from: number, to: number): Polyline {
  const parts = 12;
  return Array.from({ length: parts + 1 }, (_, i): Point => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / parts);
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** Strokes of each digit, x from -1 to 1 to the right, y from -1 to 1 downwards. */
const STROKES: readonly (readonly Polyline[])[] = [
  [arc([0, 0], [0.6, 0.9], 0, 1)],
  [
    [
      [-0.35, -0.55],
      [0.05, -0.9],
      [0.05, 0.9],
    ],
  ],
  [[...arc([0, -0.4], [0.55, 0.5], 0.5, 1.08), [-0.6, 0.9], [0.6, 0.9]]],
  [arc([0, -0.45], [0.5, 0.45], 0.5, 1.25), arc([0, 0.45], [0.55, 0.45], 0.75, 1.5)],
  [
    [
      [0.3, 0.9],
      [0.3, -0.9],
      [-0.6, 0.3],
      [0.65, 0.3],
    ],
  ],
  [
    [
      [0.5, -0.9],
      [-0.4, -0.9],
      [-0.45, -0.1],
    ],
    arc([0, 0.35], [0.55, 0.55], 0.6, 1.4),
  ],
  [
    [
      [0.35, -0.9],
      [-0.3, -0.2],
      [-0.52, 0.3],
    ],
    arc([0, 0.4], [0.52, 0.5], 0, 1),
  ],
  [
    [
      [-0.55, -0.9],
      [0.55, -0.9],
      [-0.1, 0.9],
    ],
  ],
  [arc([0, -0.45], [0.45, 0.43], 0, 1), arc([0, 0.45], [0.52, 0.45], 0, 1)],
  [
    arc([0, -0.4], [0.5, 0.48], 0, 1),
    [
      [0.5, -0.4],
      [0.42, 0.3],
      [0.15, 0.9],
    ],
  ],
];

/** Digits as a hand would write them: turned, slanted, stretched, moved, with a thin or a thick pen. */
export function drawDigits(count: number, seed: number, set: 'train' | 'test'): Digits {
  const random = stream(seed, 'precision', 'digits', set);
  const pixels = new Float32Array(count * PIXELS);
  const labels = Int32Array.from({ length: count }, (_, i) => {
    const digit = random.below(CLASSES);
    pixels.set(drawDigit(digit, random), i * PIXELS);
    return digit;
  });
  return { count, pixels, labels };
}

function drawDigit(digit: number, random: Stream): Float32Array {
  const within = (size: number) => size * (2 * random.float() - 1);
  const [turn, slant] = [within(0.25), within(0.3)];
  const [width, height] = [0.95 + within(0.2), 0.95 + within(0.15)];
  const [right, down] = [within(0.2), within(0.15)];
  const pen = 0.22 + within(0.06);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const strokes = STROKES[digit].map((line) =>
    line.map(([x, y]): Point => {
      const [a, b] = [width * (x - slant * y), height * y];
      return [cos * a - sin * b + right, sin * a + cos * b + down];
    }),
  );
  // The middles of pixels; a pixel is 2 / 7 wide, so that strokes reach the outermost.
  const place = (i: number) => (2 * i) / (EDGE - 1) - 1;
  return Float32Array.from({ length: PIXELS }, (_, at) => {
    const pixel: Point = [place(at % EDGE), place(Math.floor(at / EDGE))];
    const away = Math.min(...strokes.map((line) => distanceTo(line, pixel)));
    const ink = Math.min(1, Math.max(0, ((pen - away) * (EDGE - 1)) / 2 + 0.5));
    return Math.round(LEVELS * ink) / LEVELS;
  });
}

function distanceTo(line: Polyline, [x, y]: Point): number {
  return Math.min(
    ...line.slice(1).map(([toX, toY], i) => {
      const [fromX, fromY] = line[i];
      const [dx, dy] = [toX - fromX, toY - fromY];
      const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx ** 2 + dy ** 2);
      const t = Math.min(1, Math.max(0, along));
      return Math.hypot(x - fromX - t * dx, y - fromY - t * dy);
    }),
  );
}
