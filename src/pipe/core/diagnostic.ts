/** A place in a text file; lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
}

/** One mistake by the user: what, where and the fix. The CLI prints it with a code frame. */
export interface Diagnostic {
  readonly message: string;
  readonly range?: SourceRange;
  /** The fix, e.g. `did you mean 'evaluate'?`. */
  readonly hint?: string;
}

/** Mistakes by the user in pipeline.yaml, in arguments or in stage files. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
  }
}
