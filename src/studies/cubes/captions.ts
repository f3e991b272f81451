import { stream } from '../../random/streams.ts';

/** Colours that cubes can have; the number is their index. */
export const COLOURS = ['red', 'green', 'blue', 'yellow', 'purple', 'white'] as const;

/** The caption of a stack: colours from top to bottom, all different. */
export interface Caption {
  /** Indices of colours, from top to bottom. */
  readonly colours: readonly number[];
  /** The colours without their order, ascending: captions with the same are a block. */
  readonly block: string;
}

/** "a red cube on top of a green cube on top of a blue cube". */
export function textOf({ colours }: Caption): string {
  return colours.map((colour) => `a ${COLOURS[colour]} cube`).join(' on top of ');
}

/** Every stack of some numbers of cubes, in lexicographic order of its colours within a number. */
export function allCaptions(heights: readonly number[]): readonly Caption[] {
  return heights.flatMap((n) => arrangements(n, []).map(captionOf));
}

export function captionOf(colours: readonly number[]): Caption {
  return { colours, block: [...colours].sort((a, b) => a - b).join('') };
}

function arrangements(n: number, above: readonly number[]): readonly (readonly number[])[] {
  if (above.length === n) return [above];
  return COLOURS.flatMap((_, colour) =>
    above.includes(colour) ? [] : arrangements(n, [...above, colour]),
  );
}

/** Captions by block, in order of appearance: n! orders each. */
export function blocksOf<C extends Caption>(
  captions: readonly C[],
): ReadonlyMap<string, readonly C[]> {
  const blocks = new Map<string, C[]>();
  for (const caption of captions) {
    const block = blocks.get(caption.block) ?? [];
    block.push(caption);
    blocks.set(caption.block, block);
  }
  return blocks;
}

/**
 * The captions that are never trained on: a share of those of each height, drawn at random, but of no block all.
 */
export function heldOutOf(
  captions: readonly Caption[],
  share: number,
  seed: number,
): ReadonlySet<Caption> {
  const left = new Map([...blocksOf(captions)].map(([block, { length }]) => [block, length]));
  const heldOut = new Set<Caption>();
  for (const n of new Set(captions.map(({ colours }) => colours.length))) {
    const own = captions.filter(({ colours }) => colours.length === n);
    stream(seed, 'cubes', 'held-out', n).shuffle(own);
    let wanted = Math.round(share * own.length);
    for (const caption of own) {
      const others = left.get(caption.block) ?? 0;
      if (wanted === 0 || others <= 1) continue;
      heldOut.add(caption);
      left.set(caption.block, others - 1);
      wanted--;
    }
  }
  return heldOut;
}
