import { createHash } from 'node:crypto';
import { stream } from '../../random/streams.ts';
import {
  batchOf,
  PAD,
  type SequenceBatch,
  type SequenceShape,
  SPECIAL_TOKENS,
  type TokenPair,
} from '../token-rows.ts';
import { type Example, type Task, taskDefinitions } from './tasks.ts';

/** One example in this many is held out, chosen by a hash of its source: no source is in both parts. */
const HELD_OUT = 16;

export function shapeOf(task: Task): SequenceShape {
  const { symbols, longest } = taskDefinitions[task];
  return {
    tokens: SPECIAL_TOKENS + symbols.length,
    source: longest.source + 1,
    target: longest.target + 1,
  };
}

/** Draws `size` examples of one of the two parts; the same arguments give the same examples. */
export function drawBatch(
  task: Task,
  part: 'train' | 'held-out',
  size: number,
  seed: number,
  step: number,
): SequenceBatch {
  const random = stream(seed, 'sequences', task, part, step);
  const ids = new Map(
    taskDefinitions[task].symbols.map((symbol, i) => [symbol, SPECIAL_TOKENS + i]),
  );
  const idsOf = (symbols: readonly string[]) => symbols.map((symbol) => ids.get(symbol) ?? PAD);
  const pairs: TokenPair[] = [];
  while (pairs.length < size) {
    const example = taskDefinitions[task].draw(random);
    if (isHeldOut(example) !== (part === 'held-out')) continue;
    pairs.push({ source: idsOf(example.source), target: idsOf(example.target) });
  }
  return batchOf(pairs, shapeOf(task));
}

export function isHeldOut({ source }: Example): boolean {
  const digest = createHash('sha256').update(source.join(' ')).digest();
  return digest[0] % HELD_OUT === 0;
}
