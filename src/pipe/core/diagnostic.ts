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

/** Lines shown before the one with the mistake. */
const CONTEXT = 1;
/** Characters; longer lines are cut around the mistake. */
const WIDTH = 100;

/**
 * Message, place, code frame and fix, e.g.
 *
 *     error: unknown key 'stges' in the pipeline
 *       at pipeline.yaml:3:1
 *      2 |
 *      3 | stges:
 *        | ^^^^^
 *       fix: did you mean 'stages'?
 *
 * @param sources available texts of the files that ranges name
 */
export function formatDiagnostic(
  { message, range, hint }: Diagnostic,
  sources: Readonly<Record<string, string>> = {},
): string {
  const lines = [`error: ${message}`];
  if (range !== undefined) {
    lines.push(`  at ${formatPlace(range)}`);
    if (Object.hasOwn(sources, range.file)) {
      lines.push(...codeFrame(sources[range.file], range));
    }
  }
  if (hint !== undefined) lines.push(`  fix: ${hint}`);
  return lines.join('\n');
}

/** All diagnostics, and their number if there are several. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Readonly<Record<string, string>> = {},
): string {
  const messages = diagnostics.map((one) => formatDiagnostic(one, sources));
  if (diagnostics.length > 1) messages.push(`${diagnostics.length} errors`);
  return messages.join('\n\n');
}

/** `file:line:column`, which editors and terminals can open; for a `--set` only the option. */
function formatPlace({ file, line, column }: SourceRange): string {
  return file.startsWith('--') ? file : `${file}:${line}:${column}`;
}

function codeFrame(text: string, range: SourceRange): readonly string[] {
  const rows = text.split(/\r?\n/);
  if (rows[range.line - 1] === undefined) return [];
  const first = Math.max(1, range.line - CONTEXT);
  const gutter = String(range.line).length;
  const cut = Math.max(0, range.column + 20 - WIDTH);
  const frame: string[] = [];
  for (let line = first; line <= range.line; line += 1) {
    // The width of a tab depends on the terminal: one space keeps the marks aligned.
    const shown = rows[line - 1].replaceAll('\t', ' ').slice(cut, cut + WIDTH);
    frame.push(` ${String(line).padStart(gutter)} | ${shown}`.trimEnd());
  }
  const start = range.column - 1 - cut;
  const marks = '^'.repeat(Math.max(1, Math.min(range.length, WIDTH - start)));
  frame.push(` ${' '.repeat(gutter)} | ${' '.repeat(start)}${marks}`);
  return frame;
}
