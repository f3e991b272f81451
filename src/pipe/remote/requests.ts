import pLimit, { type LimitFunction } from 'p-limit';

/** Concurrent requests to a remote cache. */
export const MAX_CONCURRENT = 8;

export const limitRequests = (): LimitFunction => pLimit(MAX_CONCURRENT);

/** Like Promise.all, but waits until all have settled before it rejects. */
export async function allSettled<T>(work: Iterable<Promise<T>>): Promise<readonly T[]> {
  const promises = [...work];
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
