/** A table that cannot be read as asked: which file, which column, why, and what made it. */
export class TableError extends Error {
  readonly path: string;
  readonly column: string | undefined;

  constructor(options: {
    readonly path: string;
    /** What happened, e.g. `is not a complete Arrow file`. */
    readonly problem: string;
    readonly column?: string;
    /** The stage or program that wrote the file. */
    readonly madeBy?: string | undefined;
    readonly cause?: unknown;
  }) {
    const { path, problem, column, madeBy, cause } = options;
    const subject = column === undefined ? path : `column '${column}' of ${path}`;
    const remedy =
      madeBy === undefined ? 'make it again' : `it was made by '${madeBy}': run that again`;
    super(`${subject} ${problem}; ${remedy}`, cause === undefined ? {} : { cause });
    this.name = 'TableError';
    this.path = path;
    this.column = column;
  }
}
