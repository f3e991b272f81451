import type { ActionKey } from '../core/digest.ts';

/**
 * A line as it stands in the file, a character per byte: most are never asked for, and to read them as text
 * would take longer than all else.
 */
export type Line = string;

/** Where what a line begins with has its parts: `<sum> <key> {"instance":"<name>"`. */
export const SUM_LENGTH = 8;
export const KEY = SUM_LENGTH + 1;
export const RECORD = KEY + 64 + 1;
const NAME = '{"instance":"';

export const keyOf = (line: Line) => line.slice(KEY, RECORD - 1) as ActionKey;
export const lineOf = (text: string): Line => Buffer.from(text).toString('latin1');

export const NEWLINE = 10;
const QUOTE = 34;

/** The lines of an action log, sound or not; without its end one is torn, and left out. */
export class LogLines {
  readonly #content: Buffer;
  readonly #added: Line[] = [];
  #index: LineIndex | undefined;

  constructor(content: Buffer) {
    this.#content = content;
  }

  /** All of them, in the order in which they were written. */
  get all(): readonly Line[] {
    return [...this.#content.toString('latin1').split('\n').slice(0, -1), ...this.#added];
  }

  add(line: Line): void {
    this.#added.push(line);
    this.#index?.add(line);
  }

  /** Those of a key, the last first. */
  *withKey(key: ActionKey): IterableIterator<Line> {
    for (const line of this.#indexed.likeKey(key)) if (line.startsWith(`${key} `, KEY)) yield line;
  }

  /** Those of an instance, the last first. */
  *ofInstance(instance: string): IterableIterator<Line> {
    const start = lineOf(`${NAME}${JSON.stringify(instance).slice(1)}`);
    for (const line of this.#indexed.likeName(start))
      if (line.startsWith(start, RECORD)) yield line;
  }

  get #indexed(): LineIndex {
    this.#index ??= new LineIndex(this.#content, this.#added);
    return this.#index;
  }
}

/**
 * Where lines are, by numbers that few keys and few instances have in common. Making it takes as long as to search the
 * file for ten of them, and a run asks for more.
 */
class LineIndex {
  readonly #text: string;
  /** Where lines of the file begin, and behind the last one. */
  readonly #starts = [0];
  readonly #added: Line[] = [];
  readonly #keys: Chains;
  readonly #names: Chains;

  constructor(content: Buffer, added: readonly Line[]) {
    const text = content.toString('latin1');
    const [keys, names] = [new Chains(text.length), new Chains(text.length)];
    let start = 0;
    // From cold and tens of thousands of times: a plain loop.
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      keys.add(numberOfKey(text, start + KEY));
      names.add(numberOfName(text, start + RECORD + NAME.length, end));
      start = end + 1;
      this.#starts.push(start);
    }
    this.#text = text;
    this.#keys = keys;
    this.#names = names;
    for (const line of added) this.add(line);
  }

  add(line: Line): void {
    this.#added.push(line);
    this.#keys.add(numberOfKey(line, KEY));
    this.#names.add(numberOfName(line, RECORD + NAME.length, line.length));
  }

  /** Lines that may be of a key, the last first. */
  *likeKey(key: string): IterableIterator<Line> {
    for (const at of this.#keys.of(numberOfKey(key, 0))) yield this.#line(at);
  }

  /** Lines that may have a record that begins like this, the last first. */
  *likeName(start: string): IterableIterator<Line> {
    const number = numberOfName(start, NAME.length, start.length);
    for (const at of this.#names.of(number)) yield this.#line(at);
  }

  #line(at: number): Line {
    const count = this.#starts.length - 1;
    if (at >= count) return this.#added[at - count];
    return this.#text.slice(this.#starts[at], this.#starts[at + 1] - 1);
  }
}

/** Lines with equal numbers, the last first. */
class Chains {
  /** By number the last line, counted from 1, and by line the one before it. */
  readonly #last: Int32Array;
  readonly #before: number[] = [];

  /** @param size of the file: about as many numbers as lines are told apart */
  constructor(size: number) {
    let count = 1 << 12;
    while (count < size / TYPICAL) count *= 2;
    this.#last = new Int32Array(count);
  }

  add(number: number): void {
    const place = number & (this.#last.length - 1);
    this.#before.push(this.#last[place]);
    this.#last[place] = this.#before.length;
  }

  *of(number: number): IterableIterator<number> {
    const place = number & (this.#last.length - 1);
    for (let at = this.#last[place]; at !== 0; at = this.#before[at - 1]) yield at - 1;
  }
}

/** Bytes of a short line. */
const TYPICAL = 256;

/** Of the first digits, which are as good as random. */
function numberOfKey(text: string, start: number): number {
  let number = 0;
  for (let at = start; at < start + 4; at += 1) number = number * 31 + text.charCodeAt(at);
  return number;
}

/** Up to the first quote: of a few names a part, which others may begin with. */
function numberOfName(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) break;
    number = (number * 31 + character) | 0;
  }
  return number ^ (number >>> 15);
}
