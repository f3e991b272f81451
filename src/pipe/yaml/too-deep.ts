/** Levels that the yaml package handles safely. */
const MAX_PARSER_DEPTH = 1000;
const DEEP_LINE = /^[ ?-]{1000}/m;

/**
 * Estimates the depth from unmatched brackets and from what a line starts with, quickly and generously.
 * The parser must not see deeper text: it catches its own stack overflows level by level and goes on,
 * which may take all memory.
 */
export function isTooDeep(text: string): boolean {
  if (DEEP_LINE.test(text)) return true;
  let depth = 0;
  for (let i = 0; i < text.length && depth <= MAX_PARSER_DEPTH; i += 1) {
    const character = text[i];
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
  }
  return depth > MAX_PARSER_DEPTH;
}
