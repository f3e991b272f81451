import { chunkStart, treeRounds } from './collectives.ts';
import type { Network } from './simulated-network.ts';
import type { Method } from './tables.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/**
 * Bytes that worker `rank` of N sends for P numbers. All workers together send 2 (N - 1) P numbers by every
 * method; who sends them differs:
 *
 *   master   the master P to each of N - 1 others, each other P
 *   ring     2 (N - 1) / N P each; exactly, two of N chunks less than 2 P
 *   tree     P to the parent and P to each child
 */
export function bytesSent(method: Method, numbers: number, rank: number, workers: number): number {
  if (workers === 1) return 0;
  switch (method) {
    case 'master':
      return FLOAT * numbers * (rank === 0 ? workers - 1 : 1);
    case 'ring': {
      const chunk = (index: number) =>
        chunkStart(numbers, (index % workers) + 1, workers) -
        chunkStart(numbers, index % workers, workers);
      return FLOAT * (2 * numbers - chunk(rank + 1) - chunk(rank + 2));
    }
    case 'tree': {
      const rounds = rank === 0 ? treeRounds(workers) : Math.log2(rank & -rank);
      const children = Array.from({ length: rounds }, (_, round) => rank + 2 ** round);
      const own = children.filter((child) => child < workers).length;
      return FLOAT * numbers * (own + (rank === 0 ? 0 : 1));
    }
  }
}

/** Bytes that a worker sends to pass `numbers` of each worker around the ring. */
export function bytesToGather(numbers: number, workers: number): number {
  return FLOAT * numbers * (workers - 1);
}

/**
 * Seconds to reduce P numbers on a network, n = 4 P bytes: two serial rounds of the master's link; 2 (N - 1) rounds of
 * chunks; up and down the tree. Of a tree that is not full it is the most that it takes.
 */
export function secondsToReduce(
  method: Method,
  numbers: number,
  workers: number,
  { latency, bandwidth }: Network,
): number {
  if (workers === 1) return 0;
  const whole = (FLOAT * numbers) / bandwidth;
  switch (method) {
    case 'master':
      return 2 * (latency + (workers - 1) * whole);
    case 'ring':
      return 2 * (workers - 1) * (latency + whole / workers);
    case 'tree':
      return 2 * treeRounds(workers) * (latency + whole);
  }
}
