// A stack of cubes as seen by a camera in front of it and above: x to the right, y away, z up.

import { renderPixels } from '../../plots/pixels.ts';
import type { Stream } from '../../random/stream.ts';
import type { Caption } from './captions.ts';

/** Red, green and blue of every colour, 0 to 255, in the order of `COLOURS`. */
const RGB: readonly Triple[] = [
  [214, 40, 40],
  [40, 160, 70],
  [40, 90, 220],
  [240, 200, 30],
  [140, 50, 170],
  [245, 245, 245],
];
type Triple = readonly [number, number, number];

/** Share of light that reaches every face. */
const AMBIENT = 0.45;
/** Largest change of a cube's red, green and blue. */
const COLOUR_JITTER = 18;

/** A cube's place, from the middle of the stack's foot, in edges of a cube. */
interface Cube {
  readonly x: number;
  readonly y: number;
  /** Of a side's normal, about the vertical; radians. */
  readonly angle: number;
  /** 0 to 255. */
  readonly rgb: Triple;
}

/** One picture of a stack. */
interface Scene {
  /** From bottom to top. */
  readonly cubes: readonly Cube[];
  /** Of the camera above the horizon; radians. */
  readonly elevation: number;
  /** Towards the light, of length 1. */
  readonly light: Triple;
  readonly intensity: number;
  /** Grey behind the stack, 0 to 255. */
  readonly background: number;
  /** Height of the stack in the picture, as a share of it. */
  readonly height: number;
  /** Of the stack's middle from that of the picture, as shares of it. */
  readonly shift: readonly [number, number];
}

/** A picture of a stack with a pose, a light and shades of its own. */
export function drawScene({ colours }: Caption, random: Stream): Scene {
  const between = (low: number, high: number) => low + (high - low) * random.float();
  const cubes = colours.toReversed().map((colour) => ({
    x: between(-0.12, 0.12),
    y: between(-0.12, 0.12),
    // Two sides face the camera, neither of them nearly edge on.
    angle: between((-65 * Math.PI) / 180, (-25 * Math.PI) / 180),
    rgb: RGB[colour].map((channel) => channel + between(-COLOUR_JITTER, COLOUR_JITTER)) as never,
  }));
  const [x, y, z] = [between(-0.8, 0.8), between(-1, -0.3), between(0.6, 1.2)];
  const length = Math.hypot(x, y, z);
  return {
    cubes,
    elevation: between((18 * Math.PI) / 180, (36 * Math.PI) / 180),
    light: [x / length, y / length, z / length],
    intensity: between(0.85, 1.1),
    background: between(90, 150),
    height: between(0.78, 0.94),
    shift: [between(-0.06, 0.06), between(-0.03, 0.03)],
  };
}

/** A face that can be seen: its corners in pixels, x and y one after the other, and its colour. */
interface Face {
  readonly corners: readonly number[];
  readonly fill: string;
}

/** The faces that the camera sees, in the order in which they are drawn: three a cube. */
export function facesOf(scene: Scene, size: number): readonly Face[] {
  const { cubes, elevation, height, shift } = scene;
  const [sin, cos] = [Math.sin(elevation), Math.cos(elevation)];
  const n = cubes.length;
  const edge = (size * height) / (n * cos + Math.SQRT2 * sin);
  const middle = [size * (0.5 + shift[0]), size * (0.5 + shift[1]) + (edge * n * cos) / 2];
  const onScreen = (x: number, y: number, z: number) => [
    middle[0] + edge * x,
    middle[1] - edge * (z * cos + y * sin),
  ];
  return cubes.flatMap((cube, level) => {
    const corner = (k: number, z: number) => {
      const at = cube.angle + Math.PI / 4 + (k * Math.PI) / 2;
      const [x, y] = [cube.x + Math.cos(at) / Math.SQRT2, cube.y + Math.sin(at) / Math.SQRT2];
      return onScreen(x, y, level + z);
    };
    const sides = [0, 1, 2, 3].flatMap((k) => {
      const normal = cube.angle + (k * Math.PI) / 2;
      if (Math.sin(normal) >= 0) return [];
      const corners = [corner(k - 1, 0), corner(k, 0), corner(k, 1), corner(k - 1, 1)].flat();
      return [{ corners, fill: fillOf(scene, cube, [Math.cos(normal), Math.sin(normal), 0]) }];
    });
    const corners = [0, 1, 2, 3].flatMap((k) => corner(k, 1));
    return [...sides, { corners, fill: fillOf(scene, cube, [0, 0, 1]) }];
  });
}

function fillOf({ light, intensity }: Scene, { rgb }: Cube, normal: Triple): string {
  const cosine = normal.reduce((sum, part, i) => sum + part * light[i], 0);
  const brightness = intensity * (AMBIENT + (1 - AMBIENT) * Math.max(0, cosine));
  return hex(rgb.map((channel) => channel * brightness));
}

/** The scene as SVG of so many pixels in width and height, to be drawn alone. */
export function sceneSvg(scene: Scene, size: number): string {
  const background = hex([scene.background, scene.background, scene.background]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">`,
    `<rect width="${size}" height="${size}" fill="${background}"/>`,
    ...facesOf(scene, size).map(
      ({ corners, fill }) =>
        `<polygon points="${corners.map((at) => at.toFixed(2)).join(' ')}" fill="${fill}"/>`,
    ),
    '</svg>',
  ].join('');
}

/** The scene as pixels. // [3, size, size] */
export function pictureOf(scene: Scene, size: number): Uint8Array {
  return renderPixels(sceneSvg(scene, size));
}

/** A colour as it is without light or shade. */
export function flatFill(colour: number): string {
  return hex(RGB[colour]);
}

function hex(rgb: readonly number[]): string {
  const digits = rgb.map((channel) =>
    Math.round(Math.min(255, Math.max(0, channel)))
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}
