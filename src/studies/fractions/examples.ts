import { createHash } from 'node:crypto';
import { stream } from '../../random/streams.ts';
import { type SequenceShape, SPECIAL_TOKENS, type TokenPair } from '../token-rows.ts';
import {
  depthOf,
  drawExpression,
  type Expression,
  SYMBOLS,
  simplified,
  written,
} from './expressions.ts';

/** One expression in this many is held out, chosen by a hash of its text. */
const HELD_OUT = 16;

const ids = new Map<string, number>(SYMBOLS.map((symbol, i) => [symbol, SPECIAL_TOKENS + i]));
const TOKENS = SPECIAL_TOKENS + SYMBOLS.length;

/** The shape that every expression up to a depth fits. */
export function shapeOf(depth: number): SequenceShape {
  const leaves = 2 ** depth;
  // leaves - 1 divisions, and brackets around all but one of those.
  return {
    tokens: TOKENS,
    source: leaves + (leaves - 1) + 2 * (leaves - 2) + 1,
    target: leaves + 2,
  };
}

export function tokenPair(expression: Expression): TokenPair {
  const idsOf = (text: string) => Array.from(text, (symbol) => ids.get(symbol) ?? 0);
  return { source: idsOf(written(expression)), target: idsOf(simplified(expression)) };
}

/** What is said by token ids. */
export function textOf(tokens: readonly number[]): string {
  return tokens.map((token) => SYMBOLS[token - SPECIAL_TOKENS] ?? '?').join('');
}

/** Whether an expression is kept from training. The 16 of depth 1 never are: there would be none to learn from. */
export function isHeldOut(expression: Expression): boolean {
  if (depthOf(expression) < 2) return false;
  const digest = createHash('sha256').update(written(expression)).digest();
  return digest[0] % HELD_OUT === 0;
}

/** Expressions of a training step: any depth up to the deepest, none held out. */
export function drawTraining(
  deepest: number,
  size: number,
  seed: number,
  step: number,
): readonly Expression[] {
  const random = stream(seed, 'fractions', 'train', step);
  return drawUntil(size, () => {
    const expression = drawExpression(random, 1 + random.below(deepest));
    return isHeldOut(expression) ? undefined : expression;
  });
}

/** Held-out expressions of a depth; of depth 1, any. */
export function drawTests(depth: number, size: number, seed: number): readonly Expression[] {
  const random = stream(seed, 'fractions', 'held-out', depth);
  return drawUntil(size, () => {
    const expression = drawExpression(random, depth);
    return depth < 2 || isHeldOut(expression) ? expression : undefined;
  });
}

function drawUntil(size: number, draw: () => Expression | undefined): readonly Expression[] {
  const drawn: Expression[] = [];
  while (drawn.length < size) {
    const expression = draw();
    if (expression !== undefined) drawn.push(expression);
  }
  return drawn;
}
