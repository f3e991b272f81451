import { expect, test } from 'vitest';
import { tf } from '../../../../src/engine/index.ts';
import type { EncoderConfiguration } from '../../../../src/study/models/configuration.ts';
import { slicedQueries } from '../../../../src/study/models/fast/slices.ts';

/** Queries per slice for `batch` queries of `tokens` vectors each. */
const slicesOf = (batch: number, tokens: number, width: number, feedForward: number): number[] => {
  const sizes: number[] = [];
  const encoder: EncoderConfiguration = {
    layers: 1,
    heads: 1,
    width,
    feedForward,
    pooling: 'mean',
  };
  tf.tidy(() => {
    slicedQueries({ tokens: tf.zeros([batch, 2], 'int32') }, encoder, tokens, (some) => {
      sizes.push(some.tokens.shape[0]);
      return some.tokens;
    });
  });
  return sizes;
};

test('a few MiB of hidden units at a time', () => {
  expect(slicesOf(256, 16, 64, 256)).toEqual([128, 128]);
  expect(slicesOf(256, 16, 128, 512)).toEqual([64, 64, 64, 64]);
  expect(slicesOf(256, 27, 128, 512)).toEqual(Array(8).fill(32));
});

test('what fits stays whole', () => {
  expect(slicesOf(4, 6, 16, 32)).toEqual([4]);
  expect(slicesOf(1, 1, 4096, 16384)).toEqual([1]);
});

test('wide layers get slices of more vectors than the width, so that weights are not read too often', () => {
  expect(slicesOf(64, 16, 512, 1024)).toEqual([64]);
  expect(slicesOf(64, 27, 512, 1024)).toEqual([32, 32]);
});
