import { Matrix } from 'ml-matrix';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';

/** AᵀA or AAᵀ of the 0/1 matrix of sets and items, whichever is smaller: both have its singular values. */
export function gramOf(sets: Judgements): Matrix {
  const count = queryCount(sets);
  const bySet = count <= sets.items;
  const gram = Matrix.zeros(bySet ? count : sets.items, bySet ? count : sets.items);
  if (!bySet) {
    for (let set = 0; set < count; set++) {
      const members = membersOf(sets, set);
      for (const a of members) for (const b of members) gram.set(a, b, gram.get(a, b) + 1);
    }
    return gram;
  }
  const isMember = new Uint8Array(sets.items);
  for (let a = 0; a < count; a++) {
    for (const item of membersOf(sets, a)) isMember[item] = 1;
    for (let b = 0; b < count; b++) {
      let shared = 0;
      for (const item of membersOf(sets, b)) shared += isMember[item];
      gram.set(a, b, shared);
    }
    isMember.fill(0);
  }
  return gram;
}
