import { gzipSync } from 'node:zlib';

/**
 * Data as a script: a page opened from the file system may load scripts and nothing else. The bytes are compressed
 * and in base64; `client/load.ts` takes them apart.
 *
 * @param file what the script is called in the page's list of data
 */
export function dataScript(file: string, value: unknown): string {
  const isBytes = value instanceof Uint8Array;
  const bytes = isBytes ? value : Buffer.from(JSON.stringify(value));
  const text = gzipSync(bytes).toString('base64');
  return `reportData(${JSON.stringify(file)}, ${JSON.stringify(isBytes ? 'bytes' : 'json')}, "${text}");\n`;
}
