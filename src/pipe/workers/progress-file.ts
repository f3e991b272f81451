import type { Progress } from '../pipeline/contract.ts';
import { AppendedText } from './appended-text.ts';

/** Milliseconds between two looks: a program may append at any time. */
const INTERVAL = 200;

/**
 * Reads the progress that a program appends to a file, one JSON object a line, as in `Progress`. Reports
 * the first line that is not one.
 */
export class ProgressFile {
  readonly #file: AppendedText;
  readonly #report: (progress: Progress) => void;
  readonly #timer: NodeJS.Timeout;
  #unfinished = '';
  #isFaulty = false;

  constructor(path: string, report: (progress: Progress) => void) {
    this.#file = new AppendedText(path);
    this.#report = report;
    this.#timer = setInterval(() => this.#read(), INTERVAL).unref();
  }

  /** Whether the program wrote anything. */
  get isThere(): boolean {
    return this.#file.isThere;
  }

  /** Reads what is left; the last line may have no end. */
  close(): void {
    clearInterval(this.#timer);
    this.#read();
    this.#parse(this.#unfinished);
  }

  #read(): void {
    for (const text of this.#file.read()) {
      const lines = (this.#unfinished + text).split('\n');
      this.#unfinished = lines.pop() ?? '';
      for (const line of lines) this.#parse(line);
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
