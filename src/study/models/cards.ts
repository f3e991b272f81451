import type { Initialisation } from './parameters.ts';

/** Share of a card's initial embedding that is its own and not its attribute values'. */
const OWN_SHARE = 0.1;

/**
 * One vector per card, of about unit variance per number, that starts as the sum of one random
 * vector per attribute value plus a tenth of noise: trained freely afterwards, but cards that agree
 * in an attribute start out alike in it. From unrelated vectors the same training needs some ten
 * times the examples.
 *
 * @param base digits of a card: `values + 1` for query cards (with the wildcard), `values` for keys
 * @param extra rows of other tokens after the cards, which start as noise
 * // [base^attributes + extra, width]
 */
export function cardTable(
  attributes: number,
  base: number,
  extra: number,
  width: number,
): Initialisation {
  const cards = base ** attributes;
  return {
    kind: 'given',
    values: (normal) => {
      const scale = attributes ** -0.5;
      const digitVectors = Float64Array.from({ length: attributes * base * width }, normal);
      const table = new Float32Array((cards + extra) * width);
      for (let row = 0; row < cards + extra; row++) {
        for (let i = 0; i < width; i++) {
          if (row >= cards) {
            table[row * width + i] = normal();
            continue;
          }
          let sum = 0;
          let digits = row;
          for (let attribute = attributes - 1; attribute >= 0; attribute--) {
            sum += digitVectors[(attribute * base + (digits % base)) * width + i];
            digits = Math.floor(digits / base);
          }
          table[row * width + i] = sum * scale + normal() * OWN_SHARE;
        }
      }
      return table;
    },
  };
}
