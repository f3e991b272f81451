import type { ActionKey } from './digest.ts';

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

/** Lines to look for one by one: for more of them all lines are put in order first. */
const FEW = 40;
export const NEWLINE = 10;

/** The lines of an action log, sound or not; without its end one is torn, and left out. */
export class LogLines {
  readonly #content: Buffer;
  readonly #added: Line[] = [];
  #searches = 0;
  #lines: Line[] | undefined;
  #byKey: Chains | undefined;
  #byName: Chains | undefined;

  constructor(content: Buffer) {
    this.#content = content;
  }

  /** All of them, in the order in which they were written. */
  get all(): readonly Line[] {
    this.#lines ??= [...this.#content.toString('latin1').split('\n').slice(0, -1), ...this.#added];
    return this.#lines;
  }

  add(line: Line): void {
    this.#added.push(line);
    this.#lines?.push(line);
  }

  /** Those of a key, the last first. */
  *withKey(key: ActionKey): IterableIterator<Line> {
    if (this.#isSearched()) yield* this.#search(`${key} `, KEY);
    else {
      this.#byKey ??= new Chains(this.all, keyOf);
      yield* this.#byKey.of(key);
    }
  }

  /** Those of an instance, the last first. */
  *ofInstance(instance: string): IterableIterator<Line> {
    const start = lineOf(`${NAME}${JSON.stringify(instance).slice(1)}`);
    if (this.#isSearched()) yield* this.#search(start, RECORD);
    else {
      this.#byName ??= new Chains(this.all, nameOf);
      for (const line of this.#byName.of(nameOf(start.padStart(start.length + RECORD)))) {
        if (line.startsWith(start, RECORD)) yield line;
      }
    }
  }

  #isSearched(): boolean {
    this.#searches += 1;
    return this.#lines === undefined && this.#searches <= FEW;
  }

  /** Lines with these characters at this place. */
  *#search(characters: string, place: number): IterableIterator<Line> {
    for (const line of [...this.#added].reverse()) {
      if (line.startsWith(characters, place)) yield line;
    }
    const bytes = Buffer.from(characters, 'latin1');
    for (let at = this.#content.length; at > 0; ) {
      at = this.#content.lastIndexOf(bytes, at - 1);
      if (at === -1) return;
      const start = at - place;
      const end = this.#content.indexOf(NEWLINE, at);
      const isStart = start === 0 || this.#content[start - 1] === NEWLINE;
      if (isStart && end !== -1) yield this.#content.toString('latin1', start, end);
    }
  }
}

/** Finds lines by a word in them: most words have one line, of which a number is all that is kept. */
class Chains {
  readonly #lines: readonly Line[];
  readonly #wordOf: (line: Line) => string;
  /** By word the last line, by line the one before it. */
  readonly #last = new Map<string, number>();
  readonly #before: (number | undefined)[] = [];

  constructor(lines: readonly Line[], wordOf: (line: Line) => string) {
    this.#lines = lines;
    this.#wordOf = wordOf;
  }

  /** Lines with this word, the last first. */
  *of(word: string): IterableIterator<Line> {
    this.#follow();
    for (let at = this.#last.get(word); at !== undefined; at = this.#before[at]) {
      yield this.#lines[at];
    }
  }

  /** Takes in the lines that were added. */
  #follow(): void {
    for (let at = this.#before.length; at < this.#lines.length; at += 1) {
      const word = this.#wordOf(this.#lines[at]);
      this.#before.push(this.#last.get(word));
      this.#last.set(word, at);
    }
  }
}

/** Up to the first quote: of a few names a part, which others may begin with. */
const nameOf = (line: Line) =>
  line.slice(RECORD + NAME.length, line.indexOf('"', RECORD + NAME.length));
