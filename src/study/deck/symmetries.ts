import { type Deck, keyAttributes, keyOf } from './deck.ts';

/**
 * The permutations of the keys that map subcubes to subcubes: values permuted within each
 * attribute, and attributes permuted. There are v!^A A! of them, 1296 for 27 keys.
 * Element `g` maps key k to `[g][k]`.
 */
export function symmetries(deck: Deck): readonly Uint16Array[] {
  return symmetriesWith(deck, permutations(deck.values));
}

/**
 * One symmetry of each set that differ only in how they permute the values of the image's first
 * attribute. There are v!^(A-1) A!.
 */
export function symmetriesUpToSlices(deck: Deck): readonly Uint16Array[] {
  return symmetriesWith(deck, [Array.from({ length: deck.values }, (_, value) => value)]);
}

/** `first`: how the values of the image's first attribute may be permuted. */
function symmetriesWith(deck: Deck, first: readonly (readonly number[])[]): readonly Uint16Array[] {
  const { attributes, keys } = deck;
  const orders = permutations(attributes);
  const others = tuples(permutations(deck.values), attributes - 1);
  const relabellings = first.flatMap((head) => others.map((tail) => [head, ...tail]));
  const digits = Array.from({ length: keys }, (_, key) => keyAttributes(deck, key));
  return orders.flatMap((order) =>
    relabellings.map((relabel) =>
      Uint16Array.from(digits, (values) =>
        keyOf(
          deck,
          order.map((a, i) => relabel[i][values[a]]),
        ),
      ),
    ),
  );
}

function permutations(length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return permutations(length - 1).flatMap((shorter) =>
    Array.from({ length }, (_, at) => [...shorter.slice(0, at), length - 1, ...shorter.slice(at)]),
  );
}

function tuples<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  if (length === 0) return [[]];
  return tuples(items, length - 1).flatMap((head) => items.map((item) => [...head, item]));
}
