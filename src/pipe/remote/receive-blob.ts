import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../core/digest.ts';
import { explainDiskFault } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import type { RemoteStore } from './remote-store.ts';

class TooLongError extends Error {}

/**
 * Writes a blob of a store to a file, and compares it with its digest.
 *
 * @param most bytes that are written, so that an endless response cannot fill the disk
 * @returns whether it is there as it should be; if not, what is in the file is of no use
 */
export async function receiveBlob(
  store: RemoteStore,
  digest: Digest,
  disk: Disk,
  file: string,
  most = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const received = await store.get(`cas/${digest}`, async (bytes) => {
    const hash = createHash('sha256');
    try {
      await pipeline(
        bytes,
        async function* (chunks: AsyncIterable<Buffer>) {
          let left = most;
          for await (const chunk of chunks) {
            left -= chunk.length;
            if (left < 0) throw new TooLongError('more bytes than expected');
            hash.update(chunk);
            yield chunk;
          }
        },
        disk.writeStream(file),
      );
    } catch (error) {
      if (error instanceof TooLongError) return undefined;
      throw explainDiskFault(error, 'store a file from the remote cache');
    }
    return hash.digest('hex');
  });
  return received === digest;
}
