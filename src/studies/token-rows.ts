/** Special tokens; the ids of what a study reads and writes follow. */
export const PAD = 0;
export const START = 1;
export const END = 2;
export const SPECIAL_TOKENS = 3;

export interface SequenceShape {
  readonly tokens: number;
  /** S and T, `START` and `END` included. */
  readonly source: number;
  readonly target: number;
}

/** B pairs of padded token rows, row-major. */
export interface SequenceBatch {
  /** Source and `END`. // [B, S] */
  readonly source: Int32Array;
  /** Input of the decoder: `START` and the target. // [B, T] */
  readonly previous: Int32Array;
  /** The tokens to predict: the target and `END`. // [B, T] */
  readonly next: Int32Array;
}

/** Token ids of a source and of its target, without special tokens. */
export interface TokenPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Rows of pairs that fit the shape, filled up with `PAD`. */
export function batchOf(
  pairs: readonly TokenPair[],
  { source: S, target: T }: SequenceShape,
): SequenceBatch {
  const batch = {
    source: new Int32Array(pairs.length * S),
    previous: new Int32Array(pairs.length * T),
    next: new Int32Array(pairs.length * T),
  };
  pairs.forEach(({ source, target }, i) => {
    batch.source.set([...source, END], i * S);
    batch.previous.set([START, ...target], i * T);
    batch.next.set([...target, END], i * T);
  });
  return batch;
}
