/** Whether training finds vectors that solve n documents. */
type Solves = (n: number) => Promise<boolean>;

/**
 * The largest n that `solves`, by galloping from `start` and then halving, as the authors' script
 * does (arXiv 2508.21038): steps of 1, 2, 4, ... up while n is solved, or down until it is, then
 * binary search between the last two. It assumes that "solved" is monotonic in n, which it only
 * nearly is for an optimiser; each n is tried at most once.
 *
 * @returns 1 if nothing above it is solved: one document is trivially on top
 */
export async function criticalN(start: number, solves: Solves): Promise<number> {
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
  return low;
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
