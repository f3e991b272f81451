import { expect, test } from 'vitest';
import {
  emptyOutboxes,
  sharedMemoryExchange,
} from '../../../src/studies/data-parallel/shared-memory.ts';

test('a message waits in its outbox, whole, until it is read', async () => {
  const outboxes = emptyOutboxes(3, 4);
  const [first, second] = [0, 2].map((rank) => sharedMemoryExchange(outboxes, rank, 3));
  const sent = Float32Array.of(1, 2, 3);
  await first.send(2, sent);
  sent.fill(0);
  await second.send(0, Float32Array.of(4));
  expect([...(await second.receive(0))]).toEqual([1, 2, 3]);
  expect([...(await first.receive(2))]).toEqual([4]);
  await first.send(2, new Float32Array(0));
  expect(await second.receive(0)).toHaveLength(0);
  await expect(first.send(2, new Float32Array(5))).rejects.toThrow('does not fit an outbox of 4');
});
