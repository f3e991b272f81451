import type { Exchange } from './exchange.ts';

/**
 * Memory that threads share: an outbox per worker, of one message, and what state it is in. Everything
 * else of a thread is its own.
 */
export interface Outboxes {
  /** Most numbers of a message. */
  readonly capacity: number;
  /** Of every worker: the receiver's rank + 1, or 0 if the outbox is empty; and the message's length. // [N, 2] */
  readonly states: SharedArrayBuffer;
  /** // [N, capacity] */
  readonly numbers: SharedArrayBuffer;
}

export function emptyOutboxes(workers: number, capacity: number): Outboxes {
  return {
    capacity,
    states: new SharedArrayBuffer(workers * 2 * Int32Array.BYTES_PER_ELEMENT),
    numbers: new SharedArrayBuffer(workers * capacity * Float32Array.BYTES_PER_ELEMENT),
  };
}

/**
 * The exchange of one thread of a group. It sleeps while it waits, so no thread may wait for itself; where a worker
 * sends again before its last message was read, it waits for that first.
 */
export function sharedMemoryExchange(
  { capacity, states, numbers }: Outboxes,
  rank: number,
  size: number,
): Exchange {
  const state = new Int32Array(states);
  const outbox = (owner: number, length: number) =>
    new Float32Array(numbers, owner * capacity * Float32Array.BYTES_PER_ELEMENT, length);
  const waitUntil = (owner: number, wanted: number) => {
    for (;;) {
      const now = Atomics.load(state, 2 * owner);
      if (now === wanted) return;
      Atomics.wait(state, 2 * owner, now);
    }
  };
  const turn = (owner: number, next: number) => {
    Atomics.store(state, 2 * owner, next);
    Atomics.notify(state, 2 * owner);
  };
  return {
    rank,
    size,
    async send(to, message) {
      if (message.length > capacity) {
        throw new RangeError(
          `a message of ${message.length} numbers does not fit an outbox of ${capacity}`,
        );
      }
      waitUntil(rank, 0);
      outbox(rank, message.length).set(message);
      state[2 * rank + 1] = message.length;
      turn(rank, to + 1);
    },
    async receive(from) {
      waitUntil(from, rank + 1);
      // A copy: engine and sums take no shared memory that the sender may fill again.
      const message = Float32Array.from(outbox(from, state[2 * from + 1]));
      turn(from, 0);
      return message;
    },
  };
}
