/** @import { Message } from 'esbuild' */
/** @import { Diagnostic } from '../core/diagnostic.ts' */

/** Source that cannot be loaded: it does not parse, or what is made of it cannot be written. */
export class CodeError extends Error {
  /** @override */
  name = /** @type {const} */ ('CodeError');
  /** @param {readonly Diagnostic[]} diagnostics */
  constructor(diagnostics) {
    super(diagnostics.map(format).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** @param {Diagnostic} diagnostic */
function format({ message, range, hint }) {
  const place = range ? `${range.file}:${range.line}:${range.column}: ` : '';
  return `${place}${message}${hint ? `\n  ${hint}` : ''}`;
}

/**
 * What esbuild found wrong with source files.
 * @param {unknown} error
 * @param {(file: string) => string} nameOf how a file is called in messages
 * @returns {Diagnostic[]}
 * @throws the error itself if it is not about a source file
 */
export function diagnoseSource(error, nameOf = (file) => file) {
  const { errors = [] } = /** @type {{ errors?: Message[] }} */ (error);
  if (errors.length === 0) throw error;
  return errors.map(({ text, location }) => {
    const file = nameOf(location?.file ?? '');
    if (!location) return { message: text, range: { file, line: 1, column: 1, length: 1 } };
    // esbuild counts columns in bytes.
    const line = Buffer.from(location.lineText);
    /** @param {number} from @param {number} to */
    const width = (from, to) => line.subarray(from, to).toString('utf8').length;
    return {
      message: text.charAt(0).toLowerCase() + text.slice(1),
      range: {
        file,
        line: location.line,
        column: width(0, location.column) + 1,
        length: Math.max(1, width(location.column, location.column + location.length)),
      },
    };
  });
}

const ELSEWHERE = 'keep the cache elsewhere: PIPE_CACHE_DIR=FOLDER';

const DISK_FAULTS = new Map([
  ['ENOSPC', ['the disk is full', 'free some space and run it again']],
  ['EDQUOT', ['the disk quota is used up', 'free some space and run it again']],
  ['EROFS', ['the file system is read-only', `make it writable, or ${ELSEWHERE}`]],
  ['EACCES', ['permission denied', `make the folder writable for this user, or ${ELSEWHERE}`]],
  ['EPERM', ['permission denied', `make the folder writable for this user, or ${ELSEWHERE}`]],
  ['ENOTDIR', ['a file is in its place', 'move that file away']],
  ['EEXIST', ['a file is in its place', 'move that file away']],
  [
    'ENOENT',
    ['a link leads to a folder that does not exist', 'make that folder, or remove the link'],
  ],
  ['ELOOP', ['a link leads to itself', 'remove that link']],
]);

/**
 * Explains why a folder could not be written, if it is the disk's fault.
 * @param {unknown} error
 * @param {string} folder
 */
export function explainUnwritable(error, folder) {
  const { code = '', path = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  const [reason, hint] = DISK_FAULTS.get(code) ?? [];
  // A file that is missing elsewhere is another fault.
  if (hint === undefined || (code === 'ENOENT' && !path.startsWith(folder))) return error;
  return new CodeError([{ message: `cannot write ${folder}: ${reason}`, hint }]);
}
