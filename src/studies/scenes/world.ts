import { stream } from '../../random/streams.ts';

/** What an object can be, by attribute: the values' words. */
export const ATTRIBUTES = {
  size: ['small', 'large'],
  colour: ['red', 'green', 'blue', 'yellow'],
  material: ['metal', 'rubber'],
  shape: ['cube', 'sphere', 'cylinder'],
} as const;
export type Attribute = keyof typeof ATTRIBUTES;
export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as readonly Attribute[];

/** Cells of the ground in each direction. */
export const GROUND = 8;

/** One object: a value's index per attribute, and its cell. */
export interface SceneObject {
  readonly values: Readonly<Record<Attribute, number>>;
  /** From left to right. */
  readonly x: number;
  /** From front to back. */
  readonly y: number;
}

export type Scene = readonly SceneObject[];

interface SceneSettings {
  readonly scenes: number;
  /** Objects of a scene. */
  readonly fewest: number;
  readonly most: number;
  readonly seed: number;
}

/** Scenes of objects in cells of their own, all attributes equally likely. */
export function drawScenes({ scenes, fewest, most, seed }: SceneSettings): readonly Scene[] {
  return Array.from({ length: scenes }, (_, scene) => {
    const random = stream(seed, 'scenes', 'world', scene);
    const cells = Array.from({ length: GROUND ** 2 }, (_, cell) => cell);
    random.shuffle(cells);
    const count = fewest + random.below(most - fewest + 1);
    return cells.slice(0, count).map((cell) => ({
      values: Object.fromEntries(
        ATTRIBUTE_NAMES.map((name) => [name, random.below(ATTRIBUTES[name].length)]),
      ) as Record<Attribute, number>,
      x: cell % GROUND,
      y: Math.floor(cell / GROUND),
    }));
  });
}
