import { createHash } from 'node:crypto';
import { Stream } from './stream.ts';

/**
 * The stream of a seed and a path of names, e.g. `stream(1, 'build-queries', 'union', 'test')`.
 * Streams of different paths are independent: a new consumer never changes another's numbers.
 */
export function stream(seed: number | string, ...names: readonly (number | string)[]): Stream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest();
  return new Stream([
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  ]);
}
