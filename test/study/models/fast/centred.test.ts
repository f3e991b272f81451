import { expect, test } from 'vitest';
import { tf } from '../../../../src/engine/index.ts';
import { centred } from '../../../../src/study/models/fast/centred.ts';

test('the columns of a centred weight have the mean zero', () => {
  tf.tidy(() => {
    const weight = tf.tensor2d([1, 10, 3, 30, 8, -10], [3, 2]);
    expect([...centred(weight).dataSync()]).toEqual([-3, 0, -1, 20, 4, -20]);
  });
});
