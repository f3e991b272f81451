/** What a file is: where it lies, and whether it is a module where its name does not say. */
export interface SourceKind {
  readonly path: string;
  readonly scope: 'module' | 'commonjs';
}

export function isTyped(path: string): boolean {
  return /\.[mc]?ts$/.test(path) && !path.endsWith('.d.ts');
}

/**
 * The name under which a source file lies in a snapshot: `lib/a.ts` as `lib/a.js`, or as `lib/a.mjs` where
 * `.js` would be no module; a file outside of the project's root in folders named `_.._`.
 */
export function outputPath({ path, scope }: SourceKind): string {
  const inside = path.replace(/^(\.\.\/)+/, (up) => up.replaceAll('../', '_.._/'));
  if (!isTyped(path)) return inside;
  if (path.endsWith('.ts') && !/\.[mc]ts$/.test(path) && scope === 'commonjs') {
    return inside.replace(/ts$/, 'mjs');
  }
  return inside.replace(/ts$/, 'js');
}
