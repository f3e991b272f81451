/** @import { Diagnostic } from '../pipeline/graph.ts' */

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
