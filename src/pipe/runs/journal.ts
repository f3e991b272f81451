import { dirname } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import type { RunEvent } from '../events/events.ts';

/** Milliseconds between two writes: what follows a run is that far behind it. */
const INTERVAL = 100;

/** Points of an instance's progress that are kept at most, about: enough to draw a curve. */
const POINTS = 500;

/** An event of a run and when it was. */
export type JournalEntry = RunEvent & {
  /** Milliseconds since 1970. */
  readonly at: number;
};

/**
 * Writes what a run does to a file of JSON Lines while it does it, for those who watch it from elsewhere and for its
 * learning curves. What stages print is left out: it is in their logs. A run never fails because of its journal.
 */
export class RunJournal {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #now: () => number;
  readonly #origin: number;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBroken = false;
  /** How far each instance was when its progress was kept last. */
  readonly #kept = new Map<string, number>();

  /**
   * @param now milliseconds
   * @param start milliseconds since 1970
   */
  constructor(disk: Disk, path: string, now: () => number, start: number) {
    this.#disk = disk;
    this.#path = path;
    this.#now = now;
    this.#origin = start - now();
  }

  note(event: RunEvent): void {
    if (this.#isBroken || event.type === 'output') return;
    if (event.type === 'progress' && !this.#isWanted(event)) return;
    if (event.type === 'started') this.#kept.delete(event.instance);
    const at = Math.round(this.#origin + this.#now());
    this.#lines.push(JSON.stringify({ at, ...event }));
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#flush(), INTERVAL);
    this.#timer.unref();
  }

  /** Writes what is left. */
  close(): void {
    this.#flush();
  }

  #isWanted({ instance, progress: { done, total } }: Extract<RunEvent, { type: 'progress' }>) {
    const last = this.#kept.get(instance);
    const isFar = last === undefined || done < last || done >= last + total / POINTS;
    if (isFar || done >= total) this.#kept.set(instance, done);
    return isFar || done >= total;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0 || this.#isBroken) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    try {
      this.#disk.makeFolder(dirname(this.#path));
      this.#disk.extend(this.#path, text);
    } catch {
      // Such as a full disk: the run itself has more to say about that.
      this.#isBroken = true;
    }
  }
}

/** The entries of complete lines; what is damaged is left out. */
export function parseJournal(text: string): readonly JournalEntry[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
}
