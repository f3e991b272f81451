/** Whether training finds vectors that solve n documents. */
type Solves = (n: number) => Promise<boolean>;

/** What a search found. */
interface Found {
  /** The largest n that is solved, if all below it are and none above; 1 if nothing above it is. */
  readonly critical: number;
  /** The largest n that was solved at all. */
  readonly largest: number;
}

/** How far below and above what was found the authors' script looks. */
const BELOW = 4;
const ABOVE = 5;

/**
 * The largest n that `solves`, in the three phases of the authors' script (arXiv 2508.21038): galloping
 * from `start`, in steps of 1, 2, 4, ... up while n is solved, or down until it is; binary search between
 * the last two; and a sweep of four below what was found to five above. The first two take "solved" to be
 * monotonic in n, which it only nearly is for an optimiser; the third shows how nearly. Each n is tried at
 * most once, and one document is trivially on top.
 */
export async function criticalN(start: number, solves: Solves): Promise<Found> {
  const answers = new Map<number, boolean>();
  const ask = async (n: number): Promise<boolean> => {
    if (n <= 1) return true;
    const answer = answers.get(n) ?? (await solves(n));
    answers.set(n, answer);
    return answer;
  };
  let [low, high] = (await ask(start)) ? await gallopUp(start, ask) : await gallopDown(start, ask);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await ask(middle)) low = middle;
    else high = middle;
  }
  for (let n = low - BELOW; n <= low + ABOVE; n++) await ask(n);
  const solved = [...answers].filter(([, isSolved]) => isSolved).map(([n]) => n);
  return { critical: low, largest: Math.max(1, ...solved) };
}

/** A solved n and a larger one that is not. */
type Bracket = [solved: number, unsolved: number];

async function gallopUp(start: number, ask: Solves): Promise<Bracket> {
  let solved = start;
  for (let step = 1; ; step *= 2) {
    if (!(await ask(solved + step))) return [solved, solved + step];
    solved += step;
  }
}

async function gallopDown(start: number, ask: Solves): Promise<Bracket> {
  let unsolved = start;
  for (let step = 1; ; step *= 2) {
    const next = Math.max(1, unsolved - step);
    if (await ask(next)) return [next, unsolved];
    unsolved = next;
  }
}
