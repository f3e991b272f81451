import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @import { Diagnostic } from '../core/diagnostic.ts' */

/** Source that cannot be loaded; `CodeError` of code.ts. */
export class SnapshotError extends Error {
  /** @override */
  name = /** @type {const} */ ('CodeError');
  /** @param {readonly Diagnostic[]} diagnostics */
  constructor(diagnostics) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** @param {Diagnostic} diagnostic */
function formatDiagnostic({ message, range, hint }) {
  const place = range ? `${range.file}:${range.line}:${range.column}: ` : '';
  return `${place}${message}${hint ? `\n  ${hint}` : ''}`;
}

/**
 * As the commands print them, who have their own means for it: here src/ may be what is wrong.
 * @param {readonly Diagnostic[]} diagnostics
 * @param {readonly string[]} roots of the files
 */
export function describe(diagnostics, roots) {
  return diagnostics
    .map(({ message, range, hint }) => {
      const lines = [`error: ${message}`];
      if (range) {
        const { file, line, column } = range;
        lines.push(`  at ${file}:${line}:${column}`);
        const path = roots.map((root) => join(root, file)).find((found) => existsSync(found));
        const text = path && readFileSync(path, 'utf8').split('\n')[line - 1];
        const gutter = ` ${line} | `;
        if (text) {
          lines.push(`${gutter}${text.replaceAll('\t', ' ')}`);
          lines.push(`${' '.repeat(gutter.length - 2)}| ${' '.repeat(column - 1)}^`);
        }
      }
      if (hint) lines.push(`  fix: ${hint}`);
      return lines.join('\n');
    })
    .join('\n\n');
}

/**
 * Why a snapshot could not be written, in words if it is the disk's fault.
 * @param {unknown} error
 * @param {string} store
 */
export function unwritable(error, store) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  const reasons = new Map([
    ['ENOSPC', ['the disk is full', 'free some space and run it again']],
    ['EDQUOT', ['the disk quota is used up', 'free some space and run it again']],
    ['EROFS', ['the file system is read-only', 'make it writable, or copy the project elsewhere']],
    ['EACCES', ['permission denied', 'make the folder writable for this user']],
    ['EPERM', ['permission denied', 'make the folder writable for this user']],
    ['ENOTDIR', ['a file is in its place', 'move that file away']],
    ['EEXIST', ['a file is in its place', 'move that file away']],
  ]);
  const [reason, hint] = reasons.get(code ?? '') ?? [message, ''];
  if (hint === '') return error;
  return new SnapshotError([{ message: `cannot write ${store}: ${reason}`, hint }]);
}
