import { gzipSync } from 'node:zlib';

/** Data as they lie in a script: compressed, in base64. `client/load.ts` takes them apart. */
export class PackedData {
  readonly kind: 'json' | 'bytes';
  readonly text: string;

  constructor(value: unknown) {
    const isBytes = value instanceof Uint8Array;
    this.kind = isBytes ? 'bytes' : 'json';
    this.text = gzipSync(isBytes ? value : Buffer.from(JSON.stringify(value))).toString('base64');
  }
}

/**
 * Data as a script: a page opened from the file system may load scripts and nothing else.
 *
 * @param file what the script is called in the page's list of data
 */
export function dataScript(file: string, value: unknown): string {
  const { kind, text } = value instanceof PackedData ? value : new PackedData(value);
  return `reportData(${JSON.stringify(file)}, ${JSON.stringify(kind)}, "${text}");\n`;
}
