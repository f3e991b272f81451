import type { Joint } from '../../../src/studies/infonce/joints.ts';
import type { LearnedTable } from '../../../src/studies/infonce/tables.ts';

/** A joint distribution from its rows. */
export const joint = (p: readonly (readonly number[])[]): Joint => ({
  name: 'product',
  x: 'x',
  y: 'y',
  rows: p.map((_, i) => String(i)),
  columns: p[0].map((_, i) => String(i)),
  p: Float64Array.from(p.flat()),
});

/** A table of scores learned about a joint. */
export const learned = (of: Joint, m: Float64Array): LearnedTable => ({
  joint: of,
  objective: 'infonce',
  seed: 1,
  m,
});
