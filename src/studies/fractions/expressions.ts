import type { Stream } from '../../random/stream.ts';

// Nested divisions: an expression is a letter, or one expression over another.

export const LETTERS = ['a', 'b', 'c', 'd'] as const;
export type Letter = (typeof LETTERS)[number];

interface Division {
  readonly over: Expression;
  readonly under: Expression;
}

export type Expression = Letter | Division;

/** All that is written in expressions and answers. */
export const SYMBOLS = [...LETTERS, '/', '(', ')'] as const;

/** Where a letter may stand two levels down: numerator (n) or denominator (d) of one of these. */
export const ROLES = ['nn', 'dn', 'nd', 'dd'] as const;
/** The second letter is the side of the expression, the first the side of what stands there. */
export type Role = (typeof ROLES)[number];

/** Divisions on the longest way down; 0 for a letter. */
export function depthOf(expression: Expression): number {
  if (typeof expression === 'string') return 0;
  return 1 + Math.max(depthOf(expression.over), depthOf(expression.under));
}

/** A random expression of exactly this depth: one side reaches it, the other's depth is any below. */
export function drawExpression(random: Stream, depth: number): Expression {
  if (depth === 0) return LETTERS[random.below(LETTERS.length)];
  const deep = drawExpression(random, depth - 1);
  const other = drawExpression(random, random.below(depth));
  return random.below(2) === 0 ? { over: deep, under: other } : { over: other, under: deep };
}

/** `(a/b)/c`: brackets around every division but the whole. */
export function written(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  const inner = (part: Expression) => (typeof part === 'string' ? part : `(${written(part)})`);
  return `${inner(expression.over)}/${inner(expression.under)}`;
}

/** @throws Error at the place where the text is no expression */
export function parsed(text: string): Expression {
  let at = 0;
  const fail = (expected: string) =>
    new Error(`'${text}' is no expression: ${expected} expected at character ${at + 1}`);
  const operand = (): Expression => {
    const letter = LETTERS.find((name) => name === text[at]);
    if (letter === undefined && text[at] !== '(') throw fail('a letter or (');
    at++;
    if (letter !== undefined) return letter;
    const inner = division();
    if (text[at] !== ')') throw fail(')');
    at++;
    return inner;
  };
  const division = (): Expression => {
    const over = operand();
    if (text[at] !== '/') throw fail('/');
    at++;
    return { over, under: operand() };
  };
  const whole = division();
  if (at < text.length) throw fail('the end');
  return whole;
}

/**
 * One numerator over one denominator: `(a/b)/(c/d)` is `ad/bc`. Letters keep the order in which they stand,
 * and none are cancelled. A division by a division turns it around.
 */
export function simplified(expression: Expression): string {
  const { over, under } = factorsOf(expression);
  return `${over}/${under}`;
}

function factorsOf(expression: Expression): { readonly over: string; readonly under: string } {
  const letters: { letter: string; isOver: boolean }[] = [];
  const walk = (part: Expression, isOver: boolean) => {
    if (typeof part === 'string') {
      letters.push({ letter: part, isOver });
    } else {
      walk(part.over, isOver);
      walk(part.under, !isOver);
    }
  };
  walk(expression, true);
  const side = (wanted: boolean) =>
    letters
      .filter(({ isOver }) => isOver === wanted)
      .map(({ letter }) => letter)
      .join('');
  return { over: side(true), under: side(false) };
}

/** Letters in an expression. */
export function leavesOf(expression: Expression): number {
  if (typeof expression === 'string') return 1;
  return leavesOf(expression.over) + leavesOf(expression.under);
}

/** The letter in a role; undefined if a division stands there, or nothing. */
export function fillerOf(expression: Expression, role: Role): Letter | undefined {
  if (typeof expression === 'string') return undefined;
  const outer = role[1] === 'n' ? expression.over : expression.under;
  if (typeof outer === 'string') return undefined;
  const filler = role[0] === 'n' ? outer.over : outer.under;
  return typeof filler === 'string' ? filler : undefined;
}

/** Where the whole expression's `/` is written, counted from 0. */
export function mainDivision({ over }: Division): number {
  const length = written(over).length;
  return typeof over === 'string' ? length : length + 2;
}
