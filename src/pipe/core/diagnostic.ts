/** Where in a text file something stands; lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
}

/** One mistake of the user's: what, where, why and the fix. Printed at the edge with a code frame. */
export interface Diagnostic {
  readonly message: string;
  readonly range?: SourceRange;
  /** What to do about it, e.g. `did you mean 'evaluate'?`. */
  readonly hint?: string;
}

/** Mistakes of the user's in pipeline.yaml, in arguments or in stage files. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
  }
}
