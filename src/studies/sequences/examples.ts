import { createHash } from 'node:crypto';
import { stream } from '../../random/streams.ts';
import { type Example, type Task, taskDefinitions } from './tasks.ts';

/** Special tokens; the ids of the task's symbols follow. */
export const PAD = 0;
export const START = 1;
export const END = 2;
const SPECIAL_TOKENS = 3;

/** One example in this many is held out, chosen by a hash of its source: no source is in both parts. */
const HELD_OUT = 16;

/** B pairs of padded token rows, row-major. */
interface SequenceBatch {
  /** Source and `END`. // [B, S] */
  readonly source: Int32Array;
  /** Input of the decoder: `START` and the target. // [B, T] */
  readonly previous: Int32Array;
  /** The tokens to predict: the target and `END`. // [B, T] */
  readonly next: Int32Array;
}

export interface SequenceShape {
  readonly tokens: number;
  /** S and T, `START` and `END` included. */
  readonly source: number;
  readonly target: number;
}

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
  const { source: S, target: T } = shapeOf(task);
  const ids = new Map(
    taskDefinitions[task].symbols.map((symbol, i) => [symbol, SPECIAL_TOKENS + i]),
  );
  const idsOf = (symbols: readonly string[]) => symbols.map((symbol) => ids.get(symbol) ?? PAD);
  const batch = {
    source: new Int32Array(size * S),
    previous: new Int32Array(size * T),
    next: new Int32Array(size * T),
  };
  for (let i = 0; i < size; ) {
    const example = taskDefinitions[task].draw(random);
    if (isHeldOut(example) !== (part === 'held-out')) continue;
    batch.source.set([...idsOf(example.source), END], i * S);
    batch.previous.set([START, ...idsOf(example.target)], i * T);
    batch.next.set([...idsOf(example.target), END], i * T);
    i++;
  }
  return batch;
}

export function isHeldOut({ source }: Example): boolean {
  const digest = createHash('sha256').update(source.join(' ')).digest();
  return digest[0] % HELD_OUT === 0;
}
