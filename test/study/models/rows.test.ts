import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile, tf } from '../../../src/engine/index.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { encodeRows, named, rowParameters, within } from '../../../src/study/models/rows.ts';

const LAYERS = { layers: 2, width: 4, heads: 2, feedForward: 8 };
const parameters = initialise(named('tower.', rowParameters(LAYERS)), 1);
const state = Object.fromEntries(
  Object.entries(parameters).map(([name, one]) => [name, { ...one, dtype: 'float32' as const }]),
);

/** Two examples of three rows through the layers. */
async function encode(x: Float32Array, bias: Float32Array): Promise<number[][]> {
  const program = await compile({
    inputs: {
      x: { shape: [6, 4], dtype: 'float32' },
      bias: { shape: [2, 1, 1, 3], dtype: 'float32' },
    },
    state,
    step: (inputs, p) => {
      const own = within(p, 'tower.');
      return {
        outputs: { y: encodeRows(own, LAYERS, inputs.x as Tensor2D, 2, inputs.bias as Tensor4D) },
      };
    },
  });
  const { y } = await program.run({ x, bias });
  const values = Array.from(y);
  await program.dispose();
  return Array.from({ length: 6 }, (_, row) => values.slice(4 * row, 4 * row + 4));
}

const x = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i + 1));
const open = new Float32Array(6);

test('rows see the rows of their own example, and no hidden ones', async () => {
  const before = await encode(x, open);
  const other = x.slice();
  other.set([5, -5, 5, 5], 20); // the last row of the second example
  const after = await encode(other, open);
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
  expect(after[3]).not.toEqual(before[3]);
  const hidden = Float32Array.of(0, 0, 0, 0, 0, -1e9);
  expect((await encode(other, hidden))[3]).toEqual((await encode(x, hidden))[3]);
});

test('without places the order of the rows changes nothing but their order', async () => {
  const [a, b, c] = await encode(x, open);
  const swapped = x.slice();
  swapped.set(x.slice(4, 8), 0);
  swapped.set(x.slice(0, 4), 4);
  const [first, second, third] = await encode(swapped, open);
  [
    [first, b],
    [second, a],
    [third, c],
  ].forEach(([found, wanted]) => {
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 5);
    });
  });
});

test('names within a prefix are those of the parameters', () => {
  const some = { 'a.b': tf.scalar(1), 'a.c.d': tf.scalar(2), 'ab.b': tf.scalar(3) };
  expect(Object.keys(within(some, 'a.'))).toEqual(['b', 'c.d']);
});
