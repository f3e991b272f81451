import { type Judgements, judgementsOf, membersOf, queryCount } from '../judgements/judgements.ts';

/** The distinct sets of items that queries select, each once, in order of appearance. */
export function distinctSets(judgements: Judgements): Judgements {
  const seen = new Set<string>();
  const sets: Uint32Array[] = [];
  for (let query = 0; query < queryCount(judgements); query++) {
    const members = membersOf(judgements, query);
    const key = members.join();
    if (seen.has(key)) continue;
    seen.add(key);
    sets.push(members);
  }
  return judgementsOf(judgements.items, sets);
}
