import type { Diagnostic } from '../core/diagnostic.ts';
import type { CodeFile } from '../loader/code.ts';

/** All code that a file imports, directly or not. */
interface Closure {
  /** Path -> code digest, sorted by path, the file itself included. */
  readonly files: Readonly<Record<string, string>>;
  /** Packages that any of the files imports, sorted. */
  readonly packages: readonly string[];
}

/**
 * Follows the imports from one file. Linear in the files reached.
 *
 * @returns the closure, or why the import graph cannot be known
 */
export function closeOver(
  files: Readonly<Record<string, CodeFile>>,
  entry: string,
): Closure | readonly Diagnostic[] {
  const reached = new Map<string, string>();
  const packages = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const pending = [entry];
  const seen = new Set(pending);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = files[path];
    reached.set(path, file.code);
    for (const name of file.packages) packages.add(name);
    diagnostics.push(...(file.faults ?? []));
    for (const { line, column } of file.opaque) {
      diagnostics.push({
        message: `the imports of '${entry}' cannot be followed: this specifier is computed at run time`,
        range: { file: path, line, column, length: 'import'.length },
        hint: 'import a literal specifier, e.g. by a table of functions: { a: () => import("./a.ts") }',
      });
    }
    for (const imported of file.imports) {
      const target = findFile(files, imported);
      if (target === undefined) {
        diagnostics.push({
          message: `'${path}' imports '${imported}', which does not exist`,
          hint: 'stages import files of src/ and stages/, and packages',
        });
      } else if (!seen.has(target)) {
        seen.add(target);
        pending.push(target);
      }
    }
  }
  if (diagnostics.length > 0) return diagnostics;
  return {
    files: Object.fromEntries([...reached].sort(([a], [b]) => (a < b ? -1 : 1))),
    packages: [...packages].sort(),
  };
}

/** TypeScript also accepts `./a.js` as the name of `./a.ts`. */
function findFile(files: Readonly<Record<string, CodeFile>>, path: string): string | undefined {
  return [path, path.replace(/js$/, 'ts')].find((candidate) => Object.hasOwn(files, candidate));
}
