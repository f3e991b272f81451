import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Progress } from '../pipeline/contract.ts';

/** Milliseconds between two looks: a program may append at any time. */
const INTERVAL = 200;
/** Bytes read at a time. */
const CHUNK = 1 << 16;

/**
 * Reads the progress that a program appends to a file, one JSON object a line, as in `Progress`. Reports
 * the first line that is not one.
 */
export class ProgressFile {
  readonly #path: string;
  readonly #report: (progress: Progress) => void;
  readonly #timer: NodeJS.Timeout;
  #offset = 0;
  #unfinished = '';
  /** A character may be in two chunks. */
  readonly #decoder = new StringDecoder('utf8');
  #isFaulty = false;

  constructor(path: string, report: (progress: Progress) => void) {
    this.#path = path;
    this.#report = report;
    this.#timer = setInterval(() => this.#read(), INTERVAL).unref();
  }

  /** Reads what is left; the last line may have no end. */
  close(): void {
    clearInterval(this.#timer);
    this.#read();
    this.#parse(this.#unfinished);
  }

  #read(): void {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch {
      // Most programs write none.
      return;
    }
    try {
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const length = readSync(file, chunk, 0, CHUNK, this.#offset);
        if (length === 0) return;
        this.#offset += length;
        const lines = (this.#unfinished + this.#decoder.write(chunk.subarray(0, length))).split(
          '\n',
        );
        this.#unfinished = lines.pop() ?? '';
        for (const line of lines) this.#parse(line);
      }
    } finally {
      closeSync(file);
    }
  }

  #parse(line: string): void {
    if (line.trim() === '') return;
    const progress = parseProgress(line);
    if (progress !== undefined) this.#report(progress);
    else if (!this.#isFaulty) {
      this.#isFaulty = true;
      const example = '{"done": 3, "total": 10, "unit": "step"}';
      console.error(`a line of progress is not of the form ${example}: ${line.slice(0, 200)}`);
    }
  }
}

/** @returns `undefined` for anything but progress */
export function parseProgress(line: string): Progress | undefined {
  try {
    const { done, total, unit = 'step', values } = JSON.parse(line);
    if (![done, total].every(Number.isFinite) || typeof unit !== 'string') return undefined;
    if (values === undefined) return { done, total, unit };
    const numbers = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    return { done, total, unit, values: Object.fromEntries(numbers) as Record<string, number> };
  } catch {
    return undefined;
  }
}
