import { stream } from '../../random/streams.ts';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import { queriesByItem } from '../judgements/sample.ts';

// Bounds on the least d for which vectors rank all items of every set above all others. A ranking may
// have a threshold per query, so d is at least the sign rank less 1 (that of the matrix with 1 at
// relevant items, -1 elsewhere) and at most the number of coordinates of any construction below.

/**
 * Distinct sets that hyperplanes cut off n points in d dimensions are at most 2 Σ_{i <= d} (n-1 choose i)
 * (Cover 1965, with a bias): the least d that allows as many as there are.
 */
export function countingBound(items: number, distinctSets: number): number {
  let term = 1;
  let total = 0;
  for (let d = 0; ; d++) {
    total += 2 * term;
    if (total >= distinctSets || d >= items - 1) return Math.max(d, distinctSets > 2 ? 1 : 0);
    term = (term * (items - 1 - d)) / (d + 1);
  }
}

/** Forster (2002): the sign rank of a rows x columns matrix is at least √(rows columns) / ‖A‖₂. */
export function forsterBound(sets: Judgements): number {
  const rows = queryCount(sets);
  return Math.sqrt(rows * sets.items) / signNorm(sets);
}

/** Spectral norm of the sign matrix 2 M - 1, by power iteration; only ever too small by rounding. */
function signNorm(sets: Judgements): number {
  const rows = queryCount(sets);
  const random = stream(1, 'power-iteration');
  let x = Float64Array.from({ length: sets.items }, () => random.normal());
  let norm = 0;
  for (let round = 0; round < POWER_ROUNDS; round++) {
    const length = Math.hypot(...chunks(x));
    x = x.map((value) => value / length);
    const y = new Float64Array(rows);
    const sum = x.reduce((a, b) => a + b, 0);
    for (let set = 0; set < rows; set++) {
      let own = 0;
      for (const item of membersOf(sets, set)) own += x[item];
      y[set] = 2 * own - sum;
    }
    const next = new Float64Array(sets.items).fill(-y.reduce((a, b) => a + b, 0));
    for (let set = 0; set < rows; set++) {
      for (const item of membersOf(sets, set)) next[item] += 2 * y[set];
    }
    const grown = Math.sqrt(y.reduce((a, b) => a + b * b, 0));
    if (grown < norm * (1 + 1e-9)) return Math.max(norm, grown);
    norm = grown;
    x = next;
  }
  return norm;
}

const POWER_ROUNDS = 500;

/** Arguments are limited: lengths of parts. */
function chunks(values: Float64Array): number[] {
  const lengths: number[] = [];
  for (let from = 0; from < values.length; from += 4096) {
    lengths.push(Math.hypot(...values.subarray(from, from + 4096)));
  }
  return lengths;
}

/**
 * With items in some order on a line, a set whose indicator changes c times along it is cut off by a
 * polynomial of degree c, so that c dimensions serve every set (Alon, Frankl and Rödl 1985; the cyclic
 * polytope's 2k is the case of sets of k items). The most changes of any set, in the better of two
 * orders: as given, and along the second singular direction, where items with common sets are close.
 */
export function signChangeBound(sets: Judgements): number {
  const given = Uint32Array.from({ length: sets.items }, (_, item) => item);
  return Math.min(mostChanges(sets, given), mostChanges(sets, spectralOrder(sets)));
}

/** @param places the place of every item in the order */
function mostChanges(sets: Judgements, places: Uint32Array): number {
  let most = 0;
  for (let set = 0; set < queryCount(sets); set++) {
    const own = Uint32Array.from(membersOf(sets, set), (item) => places[item]).sort();
    let changes = 0;
    for (let i = 0; i < own.length; i++) {
      if (own[i] > 0 && (i === 0 || own[i - 1] !== own[i] - 1)) changes++;
      if (own[i] < sets.items - 1 && (i === own.length - 1 || own[i + 1] !== own[i] + 1)) changes++;
    }
    most = Math.max(most, changes);
  }
  return most;
}

/** Places of the items along the second eigenvector of the walk item -> set -> item. */
function spectralOrder(sets: Judgements): Uint32Array {
  const { items } = sets;
  const byItem = queriesByItem(sets);
  const random = stream(1, 'spectral-order');
  const degree = Float64Array.from({ length: items }, (_, i) => membersOf(byItem, i).length);
  const total = degree.reduce((a, b) => a + b, 0);
  let x = Float64Array.from({ length: items }, () => random.normal());
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(ORDER_WORK / sets.members.length));
  for (let round = 0; round < rounds; round++) {
    const means = Float64Array.from({ length: queryCount(sets) }, (_, set) => {
      const members = membersOf(sets, set);
      return members.reduce((sum, item) => sum + x[item], 0) / members.length;
    });
    const next = x.map((value, item) => {
      const own = membersOf(byItem, item);
      if (own.length === 0) return 0;
      return 0.5 * value + (0.5 * own.reduce((sum, set) => sum + means[set], 0)) / own.length;
    });
    // Without the constant, which is the first eigenvector.
    const mean = next.reduce((sum, value, item) => sum + value * degree[item], 0) / total;
    const centred = next.map((value) => value - mean);
    const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0)) || 1;
    x = centred.map((value) => value / length);
  }
  // Items that no set has go to the end, where they divide none.
  const place = (item: number) => (degree[item] === 0 ? Number.POSITIVE_INFINITY : x[item]);
  const order = Array.from(x, (_, item) => item).sort((a, b) =>
    place(a) === place(b) ? a - b : place(a) - place(b),
  );
  const places = new Uint32Array(items);
  order.forEach((item, place) => {
    places[item] = place;
  });
  return places;
}

/** Rounds until the second eigenvector stands out, and additions that they may take. */
const MOST_ROUNDS = 3000;
const ORDER_WORK = 3e8;
