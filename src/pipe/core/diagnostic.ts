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

/** Collects mistakes, so that all are reported at once. */
export class Checker {
  readonly diagnostics: Diagnostic[] = [];

  report(range: SourceRange, message: string, hint?: string): undefined {
    this.diagnostics.push(hint === undefined ? { message, range } : { message, range, hint });
    return undefined;
  }
}

/** In the order of the files. Every profile repeats the mistakes of its base: each is listed once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(diagnostics.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.range?.file ?? '').localeCompare(b.range?.file ?? '') ||
      (a.range?.line ?? 0) - (b.range?.line ?? 0) ||
      (a.range?.column ?? 0) - (b.range?.column ?? 0),
  );
}
