import { beforeEach, expect, test } from 'vitest';
import { freeSessions, tf } from '../../../src/engine/index.ts';
import { cachedSessions } from '../../../src/engine/recording/session-cache.ts';

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
  freeSessions();
});

test('equal graphs share a session', async () => {
  for (let i = 0; i < 3; i++) await tf.sin(tf.tensor1d([i, i + 1])).data();
  expect(cachedSessions().count).toBe(1);
});

test('sessions are bounded by their bytes, and can be freed', async () => {
  const limit = 256 * 2 ** 20;
  for (let i = 0; i < 12; i++) {
    const x = tf.tensor1d([i, i + 1]);
    // Some 32 MiB of results, with another shape each time.
    await tf.tidy(() => tf.sum(tf.sin(tf.tile(x, [2 ** 21 + i])))).data();
    expect(cachedSessions().bytes).toBeLessThanOrEqual(limit);
  }
  expect(cachedSessions().count).toBeGreaterThan(0);
  expect(cachedSessions().count).toBeLessThan(12);
  freeSessions();
  expect(cachedSessions()).toEqual({ bytes: 0, count: 0 });
  expect([...(await tf.sin(tf.tensor1d([0, 1])).data())]).toEqual([0, Math.fround(Math.sin(1))]);
});
