import { posix } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { CodeFile } from '../loader/code.ts';

/** A package that a file imports. */
export interface ImportedPackage {
  readonly name: string;
  /** Folder of that file. */
  readonly folder: string;
  readonly isOptional: boolean;
}

/** All code that a file imports, directly or not. */
interface Closure {
  /** Path -> code digest, sorted by path, the file itself included. */
  readonly files: Readonly<Record<string, string>>;
  readonly packages: readonly ImportedPackage[];
  /** Modules of Node that any of the files imports. */
  readonly builtins: readonly string[];
  /** What any of them uses that may leave something unseen in its process. */
  readonly unchecked: readonly string[];
}

/**
 * Follows the imports from one file. Linear in the files reached.
 *
 * @returns the closure, or why it cannot be known
 */
export function closeOver(
  files: Readonly<Record<string, CodeFile>>,
  entry: string,
): Closure | readonly Diagnostic[] {
  const reached = new Map<string, string>();
  const packages: ImportedPackage[] = [];
  const builtins = new Set<string>();
  const unchecked = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const pending = [entry];
  const seen = new Set(pending);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = files[path];
    const folder = posix.dirname(path);
    reached.set(path, file.code);
    for (const name of file.packages) packages.push({ name, folder, isOptional: false });
    for (const name of file.optional) packages.push({ name, folder, isOptional: true });
    for (const name of file.builtins) builtins.add(name);
    for (const name of file.unchecked) unchecked.add(name);
    diagnostics.push(...file.refused);
    for (const imported of file.imports) {
      if (!Object.hasOwn(files, imported)) {
        const message = `'${path}' imports '${imported}', which does not exist`;
        diagnostics.push({ message, hint: 'correct the path, or create the file' });
      } else if (!seen.has(imported)) {
        seen.add(imported);
        pending.push(imported);
      }
    }
  }
  if (diagnostics.length > 0) return diagnostics;
  return {
    files: Object.fromEntries([...reached].sort(([a], [b]) => (a < b ? -1 : 1))),
    packages,
    builtins: [...builtins].sort(),
    unchecked: [...unchecked].sort(),
  };
}
