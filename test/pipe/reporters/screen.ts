import xterm from '@xterm/headless';

/** A terminal that keeps what scrolls away, as programs see it and as people do. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      // As the line discipline of a terminal does.
      convertEol: true,
      allowProposedApi: true,
    });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.settled();
    this.#terminal.resize(columns, rows);
  }

  /** Resolves when all that was written is shown. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
  }

  /** The lines as written, with those that had to be wrapped put together; without empty ones at the end. */
  async lines(): Promise<readonly string[]> {
    await this.settled();
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row += 1) {
      const line = active.getLine(row);
      if (line === undefined) continue;
      const isWrapped = active.getLine(row + 1)?.isWrapped === true;
      const last = line.getCell(this.columns - 1);
      // A wide character that does not fit there leaves the last column empty.
      const isHalf = isWrapped && last?.getChars() === '' && last.getWidth() === 1;
      const text = line.translateToString(!isWrapped).slice(0, isHalf ? -1 : undefined);
      if (line.isWrapped) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    while (lines.at(-1)?.trim() === '') lines.pop();
    return lines.map((line) => line.trimEnd());
  }
}
