import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
const ESCAPE = '\x1b';
const RESET = `${ESCAPE}[0m`;
/** What picocolors writes. */
const STYLE = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);

/**
 * Columns that a text takes on a terminal, at most: terminals differ in whether several characters that form
 * one sign, such as a family of emoji, take the room of one.
 */
function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  return [...segmenter.segment(plain)].reduce((sum, { segment }) => sum + widthOfSign(segment), 0);
}

/** The beginning of a styled text that fits into so many columns, without half a character. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let left = columns - 1;
  let shown = '';
  for (const [i, part] of text.split(STYLE).entries()) {
    // Every other part is a style.
    if (i % 2 === 1) shown += part;
    else {
      for (const { segment } of segmenter.segment(part)) {
        left -= widthOfSign(segment);
        if (left < 0) return `${shown}…${shown.includes(ESCAPE) ? RESET : ''}`;
        shown += segment;
      }
    }
  }
  return shown;
}

function widthOfSign(sign: string): number {
  const apart = [...sign].reduce((sum, character) => sum + stringWidth(character), 0);
  return Math.max(apart, stringWidth(sign));
}
