import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { DiagnosticsError, formatDiagnostic, formatDiagnostics } from '../../core/diagnostic.ts';
import { EXIT, explainDiskFault, RunError } from '../../core/errors.ts';
import { visible } from '../../core/visible.ts';
import { currentSnapshot } from '../../loader/code.ts';
import { findProjectRoot } from '../../loader/start.ts';

/**
 * Prints what a command threw, with code frame and remedy.
 * @returns the exit code
 */
export function reportError(thrown: unknown, verbose: boolean): number {
  const error = explainDiskFault(thrown, 'access a file');
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof DiagnosticsError || isCodeError(error)) {
    const { diagnostics } = error;
    print(formatDiagnostics(diagnostics, sourcesOf(diagnostics)));
    // Wrong source is a mistake of the user's, a disk that cannot be written is not.
    const isUnwritable =
      isCodeError(error) && diagnostics.every(({ range }) => range === undefined);
    return isUnwritable ? EXIT.failed : EXIT.usage;
  }
  if (error instanceof RunError) {
    const { message, hint } = error;
    print(formatDiagnostic(hint === undefined ? { message } : { message, hint }));
    if (verbose) console.error(error.stack);
    return error.exitCode;
  }
  const { message = String(error), stack } = error as Error;
  const hint = verbose
    ? 'please report it with the stack below'
    : 'run it again with --verbose and report it with the stack';
  print(formatDiagnostic({ message: `this is a bug: ${message}`, hint }));
  if (verbose) console.error(stack);
  return EXIT.failed;
}

function print(text: string): void {
  console.error(visible(text));
}

/** Wrong arguments, in the form of our own messages. */
function reportUsage({ exitCode, message: text }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok;
  const [message, suggestion = ''] = text.replace(/^error: /, '').split('\n');
  const close = /^\(Did you mean (.*)\?\)$/.exec(suggestion)?.[1];
  const hint = close === undefined ? 'add --help to see the arguments' : `did you mean ${close}?`;
  print(formatDiagnostic({ message, hint }));
  return EXIT.usage;
}

/** Texts that the diagnostics point into, for code frames. */
function sourcesOf(diagnostics: readonly Diagnostic[]): Readonly<Record<string, string>> {
  const here = process.cwd();
  const root = currentSnapshot()?.projectRoot ?? findProjectRoot(realpathSync(here)) ?? here;
  const files = new Set(diagnostics.flatMap(({ range }) => (range ? [range.file] : [])));
  const sources: Record<string, string> = {};
  for (const file of files) {
    try {
      sources[file] = readFileSync(join(root, file), 'utf8');
    } catch {
      // A command-line option, or a file that is gone: printed without a frame.
    }
  }
  return sources;
}

function isCodeError(
  error: unknown,
): error is Error & { readonly diagnostics: readonly Diagnostic[] } {
  return error instanceof Error && error.name === 'CodeError';
}
