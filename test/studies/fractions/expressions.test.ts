import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import {
  depthOf,
  drawExpression,
  type Expression,
  fillerOf,
  leavesOf,
  mainDivision,
  parsed,
  ROLES,
  simplified,
  written,
} from '../../../src/studies/fractions/expressions.ts';
import { fc } from '../../properties.ts';

const random = stream(1, 'expressions');
const DRAWN = [1, 2, 3, 4].flatMap((depth) =>
  Array.from({ length: 40 }, () => ({ depth, expression: drawExpression(random, depth) })),
);

const VALUES = { a: 2, b: 3, c: 5, d: 7 } as const;

function quotient(expression: Expression): number {
  if (typeof expression === 'string') return VALUES[expression];
  return quotient(expression.over) / quotient(expression.under);
}

test.each([
  ['a/b', 'a/b'],
  ['(a/b)/c', 'a/bc'],
  ['a/(b/c)', 'ac/b'],
  ['(a/b)/(c/d)', 'ad/bc'],
  ['(a/b)/(a/b)', 'ab/ba'],
  ['a/(b/(c/d))', 'ac/bd'],
  ['((a/b)/c)/d', 'a/bcd'],
])('%s is %s', (text, expected) => {
  expect(simplified(parsed(text))).toBe(expected);
});

test('an answer has the value of its expression, and all of its letters', () => {
  for (const { expression } of DRAWN) {
    const [over, under] = simplified(expression).split('/');
    const product = (letters: string) =>
      [...letters].reduce((value, letter) => value * VALUES[letter as keyof typeof VALUES], 1);
    expect(product(over) / product(under) / quotient(expression)).toBeCloseTo(1, 9);
    expect(over.length + under.length).toBe(leavesOf(expression));
  }
});

test('expressions are drawn at the depth asked for, and come back from their text', () => {
  for (const { depth, expression } of DRAWN) {
    expect(depthOf(expression)).toBe(depth);
    expect(parsed(written(expression))).toEqual(expression);
  }
});

test('the main division splits the text in two expressions', () => {
  for (const { expression } of DRAWN) {
    if (typeof expression === 'string') throw new Error('a letter has no division');
    const text = written(expression);
    const at = mainDivision(expression);
    expect(text[at]).toBe('/');
    const side = (part: string) => (part.length === 1 ? part : part.slice(1, -1));
    expect(side(text.slice(0, at))).toBe(written(expression.over));
    expect(side(text.slice(at + 1))).toBe(written(expression.under));
  }
});

test('roles name the four places two levels down', () => {
  const fillers = (text: string) => ROLES.map((role) => fillerOf(parsed(text), role));
  expect(fillers('(a/b)/(c/d)')).toEqual(['a', 'b', 'c', 'd']);
  expect(fillers('a/(c/(b/d))')).toEqual([undefined, undefined, 'c', undefined]);
});

test.each([
  ['a', '/ expected at character 2'],
  ['a/e', 'a letter or ( expected at character 3'],
  ['(a/b/c', ') expected at character 5'],
  ['a/b/c', 'the end expected at character 4'],
])('%s is no expression', (text, message) => {
  expect(() => parsed(text)).toThrow(message);
});

test('text with a symbol too few or too many is refused, or another expression', () => {
  const anyText = fc.string({ unit: fc.constantFrom(...'abcd/()'), maxLength: 9 });
  fc.assert(
    fc.property(anyText, (text) => {
      let expression: Expression;
      try {
        expression = parsed(text);
      } catch (error) {
        expect(String(error)).toContain('is no expression');
        return;
      }
      expect(parsed(written(expression))).toEqual(expression);
    }),
  );
});
