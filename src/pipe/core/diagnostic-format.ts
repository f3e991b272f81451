import type { Diagnostic, SourceRange } from './diagnostic.ts';

/** How to highlight parts of a message; by default they are plain. */
interface MessageStyle {
  readonly error: (text: string) => string;
  readonly place: (text: string) => string;
  readonly dim: (text: string) => string;
}

const PLAIN: MessageStyle = {
  error: (text) => text,
  place: (text) => text,
  dim: (text) => text,
};

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
  style: MessageStyle = PLAIN,
): string {
  const lines = [`${style.error('error:')} ${message}`];
  if (range !== undefined) {
    lines.push(`  at ${style.place(formatPlace(range))}`);
    if (Object.hasOwn(sources, range.file)) {
      lines.push(...codeFrame(sources[range.file], range, style));
    }
  }
  if (hint !== undefined) lines.push(`  fix: ${hint}`);
  return lines.join('\n');
}

/** All diagnostics, and their number if there are several. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Readonly<Record<string, string>> = {},
  style: MessageStyle = PLAIN,
): string {
  const messages = diagnostics.map((one) => formatDiagnostic(one, sources, style));
  if (diagnostics.length > 1) messages.push(`${diagnostics.length} errors`);
  return messages.join('\n\n');
}

/** `file:line:column`, which editors and terminals can open; for a `--set` only the option. */
function formatPlace({ file, line, column }: SourceRange): string {
  return file.startsWith('--') ? file : `${file}:${line}:${column}`;
}

function codeFrame(text: string, range: SourceRange, style: MessageStyle): readonly string[] {
  const rows = text.split(/\r?\n/);
  if (rows[range.line - 1] === undefined) return [];
  const first = Math.max(1, range.line - CONTEXT);
  const gutter = String(range.line).length;
  const cut = Math.max(0, range.column + 20 - WIDTH);
  const frame: string[] = [];
  for (let line = first; line <= range.line; line += 1) {
    // The width of a tab depends on the terminal: one space keeps the marks aligned.
    const shown = rows[line - 1].replaceAll('\t', ' ').slice(cut, cut + WIDTH);
    frame.push(`${style.dim(` ${String(line).padStart(gutter)} |`)} ${shown}`.trimEnd());
  }
  const start = range.column - 1 - cut;
  const marks = '^'.repeat(Math.max(1, Math.min(range.length, WIDTH - start)));
  frame.push(`${style.dim(` ${' '.repeat(gutter)} |`)} ${' '.repeat(start)}${style.error(marks)}`);
  return frame;
}
