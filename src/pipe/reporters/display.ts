import stringWidth from 'string-width';
import { cutToWidth } from './width.ts';

/** The part of a terminal's stream that a display needs. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** The terminal shows what comes between at once, where it knows this; the others ignore it. */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/**
 * Lines at the bottom of a terminal that are drawn over and over, below those that stay.
 *
 * No line of it is wider than the terminal, so the rows to erase are known, also after the terminal was made
 * narrower and has wrapped them; what stays may be of any width. All of it is written at once.
 */
export class Display {
  readonly #terminal: Terminal;
  /** Widths of the lines that are on the screen. */
  #drawn: readonly number[] = [];
  #isCursorHidden = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * @param above lines that stay, printed above the others
   * @param lines take the place of those drawn before
   */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    const columns = this.#terminal.columns || 80;
    // A line as wide as the terminal leaves the cursor in a place that terminals do not agree on.
    const shown = this.#clip(lines).map((line) =>
      cutToWidth(line.replaceAll('\t', ' '), columns - 1),
    );
    const hide = this.#isCursorHidden ? '' : HIDE_CURSOR;
    this.#isCursorHidden = true;
    const text = [...above, ...shown].map((line) => `${line}\n`).join('');
    this.#write(`${hide}${this.#erase()}${text}`);
    // Rather too few than too many: what stays must not be erased.
    this.#drawn = shown.map((line) => stringWidth(line));
  }

  /** Leaves nothing but what stays; the next lines are drawn where the cursor is then. */
  clear(): void {
    if (!this.#isCursorHidden) return;
    this.#write(`${this.#erase()}${SHOW_CURSOR}`);
    this.#drawn = [];
    this.#isCursorHidden = false;
  }

  #erase(): string {
    const columns = this.#terminal.columns || 80;
    const rowsOf = (width: number) => Math.max(1, Math.ceil(width / columns));
    const rows = this.#drawn.reduce((sum, width) => sum + rowsOf(width), 0);
    return rows === 0 ? '' : `\r\x1b[${rows}A\x1b[J`;
  }

  /** What is taller than the terminal could not be drawn over. */
  #clip(lines: readonly string[]): readonly string[] {
    const height = Math.max(1, (this.#terminal.rows || 24) - 2);
    if (lines.length <= height) return lines;
    return [...lines.slice(0, height - 1), `... ${lines.length - height + 1} more lines`];
  }

  #write(text: string): void {
    if (text !== '') this.#terminal.write(`${BEGIN}${text}${END}`);
  }
}
