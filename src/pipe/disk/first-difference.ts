import type { Disk } from './disk.ts';

/**
 * Where two files begin to differ.
 * @returns offset of the first byte that is not the same, or the length of the shorter one;
 *   `undefined` when they are equal
 */
export async function firstDifference(
  disk: Disk,
  a: string,
  b: string,
): Promise<number | undefined> {
  const [left, right] = [chunksOf(disk, a), chunksOf(disk, b)];
  let [x, y] = [await left(), await right()];
  for (let offset = 0; ; ) {
    const length = Math.min(x.length, y.length);
    if (length === 0) return x.length === y.length ? undefined : offset;
    if (!x.subarray(0, length).equals(y.subarray(0, length))) {
      const [p, q] = [x, y];
      return offset + p.findIndex((byte, i) => byte !== q[i]);
    }
    offset += length;
    x = x.length === length ? await left() : x.subarray(length);
    y = y.length === length ? await right() : y.subarray(length);
  }
}

/** The next chunk of a file with each call; an empty one at its end. */
function chunksOf(disk: Disk, path: string): () => Promise<Buffer> {
  const chunks = disk.readStream(path)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return async () => {
    for (;;) {
      const { value, done } = await chunks.next();
      if (done === true) return Buffer.alloc(0);
      if (value.length > 0) return value;
    }
  };
}
