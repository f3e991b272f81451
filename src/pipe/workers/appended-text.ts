import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Bytes read at a time. */
const CHUNK = 1 << 16;

/** Reads what is appended to a file, which need not be there yet. */
export class AppendedText {
  readonly #path: string;
  /** A character may be in two chunks. */
  readonly #decoder = new StringDecoder('utf8');
  #offset: number;
  #isThere = false;

  /** @param offset bytes to leave out at the beginning */
  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
  }

  /** Whether there was a file. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** What came since the last time, piece by piece. */
  *read(): Generator<string> {
    // First, because what is not there costs an exception, and most is read in vain.
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#offset) return;
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch {
      return;
    }
    this.#isThere = true;
    try {
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const length = readSync(file, chunk, 0, CHUNK, this.#offset);
        if (length === 0) return;
        this.#offset += length;
        yield this.#decoder.write(chunk.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  }
}
