// What a group of N workers does together, each calling the same function with vectors of P numbers.
//
//   gather, broadcast   all to the master, which adds; the master to all
//   ring                every worker sends a chunk of P / N numbers to the next one, 2 (N - 1) times: first each
//                       chunk is summed on its way around, then each sum is passed around (Patarasuk and Yuan 2009)
//   tree                a binomial tree: sums up to worker 0 in ceil(log2 N) rounds, and back down in as many
//
// Sums are in place, and every worker ends with the same bits: each number is summed once, by one worker.
import type { Exchange } from './exchange.ts';
import type { Method } from './tables.ts';

/** The sum of all workers' values, at the master, which adds them in the order of their ranks. */
export async function gatherSum(values: Float32Array, exchange: Exchange): Promise<void> {
  const { rank, size } = exchange;
  if (rank !== 0) return exchange.send(0, values);
  for (let from = 1; from < size; from++) add(values, await exchange.receive(from));
}

/** Worker 0's values, at every worker. */
export async function broadcast(values: Float32Array, exchange: Exchange): Promise<void> {
  const { rank, size } = exchange;
  if (rank !== 0) return values.set(await exchange.receive(0));
  for (let to = 1; to < size; to++) await exchange.send(to, values);
}

/** The sum of all workers' values, at every worker. */
export async function ringAllReduce(values: Float32Array, exchange: Exchange): Promise<void> {
  const { rank, size } = exchange;
  const chunk = (index: number) => chunkOf(values, mod(index, size), size);
  const [next, previous] = [mod(rank + 1, size), mod(rank - 1, size)];
  for (let round = 0; round < size - 1; round++) {
    await exchange.send(next, chunk(rank - round));
    add(chunk(rank - round - 1), await exchange.receive(previous));
  }
  for (let round = 0; round < size - 1; round++) {
    await exchange.send(next, chunk(rank + 1 - round));
    chunk(rank - round).set(await exchange.receive(previous));
  }
}

/** The sum of all workers' values, at every worker. */
export async function treeAllReduce(values: Float32Array, exchange: Exchange): Promise<void> {
  const { rank, size } = exchange;
  const rounds = treeRounds(size);
  // A worker has children until the round that its lowest bit stands for, in which it has its parent.
  const lowest = rank === 0 ? rounds : Math.log2(rank & -rank);
  const children = Array.from({ length: lowest }, (_, round) => rank + 2 ** round).filter(
    (child) => child < size,
  );
  for (const child of children) add(values, await exchange.receive(child));
  if (rank !== 0) {
    await exchange.send(rank - 2 ** lowest, values);
    values.set(await exchange.receive(rank - 2 ** lowest));
  }
  // The child with the deepest tree first.
  for (const child of children.toReversed()) await exchange.send(child, values);
}

/** The sum of all workers' values, at every worker. */
export const ALL_REDUCE: Readonly<
  Record<Method, (values: Float32Array, exchange: Exchange) => Promise<void>>
> = {
  async master(values, exchange) {
    await gatherSum(values, exchange);
    await broadcast(values, exchange);
  },
  ring: ringAllReduce,
  tree: treeAllReduce,
};

/** Every worker's values, one after the other in the order of ranks, passed around the ring. */
export async function ringAllGather(
  values: Float32Array,
  exchange: Exchange,
): Promise<Float32Array> {
  const { rank, size } = exchange;
  const all = new Float32Array(values.length * size);
  const part = (index: number) => chunkOf(all, mod(index, size), size);
  part(rank).set(values);
  for (let round = 0; round < size - 1; round++) {
    await exchange.send(mod(rank + 1, size), part(rank - round));
    part(rank - round - 1).set(await exchange.receive(mod(rank - 1, size)));
  }
  return all;
}

/** Rounds in which a binomial tree of N workers reaches its root. */
export function treeRounds(size: number): number {
  return Math.ceil(Math.log2(size));
}

/** Where chunk i of N begins: the chunks differ by one number at most. */
export function chunkStart(length: number, index: number, size: number): number {
  return Math.floor((length * index) / size);
}

function chunkOf(values: Float32Array, index: number, size: number): Float32Array {
  const start = (i: number) => chunkStart(values.length, i, size);
  return values.subarray(start(index), start(index + 1));
}

function add(values: Float32Array, others: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] += others[i];
}

function mod(index: number, size: number): number {
  return ((index % size) + size) % size;
}
