import { stream } from '../../random/streams.ts';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';

/** The largest prime below 2^15: a product of two residues and a sum with a third fit 31 bits. */
const PRIME = 32749;
/** More random combinations than items, so that a rank is hardly ever missed. */
const SPARE = 8;

/**
 * Rank, modulo a prime, of the 0/1 matrix of sets and items with a row of ones added: one more than the
 * number of dimensions in which dot products reproduce the matrix up to a constant per query. It bounds
 * the rank over the rationals from below, and equals it unless the prime divides certain minors. With
 * more sets than items random combinations of the rows stand for them, which loses rank with
 * probability 1/32,749 or so.
 */
export function rankWithOnes(sets: Judgements): number {
  const { items: N } = sets;
  const count = queryCount(sets);
  const rows = count + 1 <= N + SPARE ? plainRows(sets) : combinedRows(sets);
  rows.push(new Int32Array(N).fill(1));
  return rankModulo(rows);
}

function plainRows(sets: Judgements): Int32Array[] {
  return Array.from({ length: queryCount(sets) }, (_, set) => {
    const row = new Int32Array(sets.items);
    for (const item of membersOf(sets, set)) row[item] = 1;
    return row;
  });
}

function combinedRows(sets: Judgements): Int32Array[] {
  const random = stream(1, 'rank');
  const combined = sets.items + SPARE;
  // By item, since a set adds the same weights at all of its items.
  const columns = Array.from({ length: sets.items }, () => new Int32Array(combined));
  const weights = new Int32Array(combined);
  for (let set = 0; set < queryCount(sets); set++) {
    for (let i = 0; i < combined; i++) weights[i] = random.below(PRIME);
    for (const item of membersOf(sets, set)) {
      const column = columns[item];
      for (let i = 0; i < combined; i++) column[i] = (column[i] + weights[i]) % PRIME;
    }
  }
  return Array.from({ length: combined }, (_, i) =>
    Int32Array.from(columns, (column) => column[i]),
  );
}

/** Rank of rows of residues, which are overwritten, by Gaussian elimination. */
export function rankModulo(rows: Int32Array[]): number {
  const N = rows[0].length;
  let rank = 0;
  for (let column = 0; column < N && rank < rows.length; column++) {
    const found = rows.findIndex((row, i) => i >= rank && row[column] !== 0);
    if (found === -1) continue;
    [rows[rank], rows[found]] = [rows[found], rows[rank]];
    const pivot = rows[rank];
    const scale = inverse(pivot[column]);
    for (let i = column; i < N; i++) pivot[i] = (pivot[i] * scale) % PRIME;
    for (let r = rank + 1; r < rows.length; r++) {
      const row = rows[r];
      const factor = PRIME - row[column];
      if (factor === PRIME) continue;
      for (let i = column; i < N; i++) row[i] = (row[i] + factor * pivot[i]) % PRIME;
    }
    rank++;
  }
  return rank;
}

/** By Fermat: a^(p - 2). */
function inverse(value: number): number {
  let result = 1;
  let power = value;
  for (let exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = (result * power) % PRIME;
    power = (power * power) % PRIME;
  }
  return result;
}
