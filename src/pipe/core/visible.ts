/**
 * Control characters as JavaScript writes them, `\x1b` or `\u202e`: they would move the cursor, change colours
 * or the direction of writing. Only ends of lines and tabs are kept.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => {
    if (character === '\n' || character === '\t') return character;
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    const digits = code < 0x100 ? 2 : 4;
    return `\\${digits === 2 ? 'x' : 'u'}${code.toString(16).padStart(digits, '0')}`;
  });
}

/** Those of ASCII and Latin-1, ends of lines that only some programs know, and changes of direction. */
const CONTROL = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
