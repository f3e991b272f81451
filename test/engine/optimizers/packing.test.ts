import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type NamedTensors, tf } from '../../../src/engine/index.ts';
import { pack, packedName, packedSpecs, unpack } from '../../../src/engine/optimizers/packing.ts';
import { fc } from '../../properties.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const LARGE = [128, 256];
const small = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
const shapes = fc.array(fc.oneof({ weight: 4, arbitrary: small }, fc.constant(LARGE)), {
  maxLength: 6,
});

/** Tensors a, b, ... whose numbers are all different. */
function tensorsOf(all: readonly (readonly number[])[]): NamedTensors {
  let next = 0;
  return Object.fromEntries(
    all.map((shape, i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = Float32Array.from({ length: size }, () => next++);
      return [String.fromCharCode(97 + i), tf.tensor(values, [...shape])];
    }),
  );
}

function contents(tensors: NamedTensors) {
  return Object.entries(tensors).map(([name, t]) => [name, t.shape, [...t.dataSync()]]);
}

test('unpacking restores what was packed, whatever the shapes', () => {
  fc.assert(
    fc.property(shapes, (all) => {
      tf.tidy(() => {
        const tensors = tensorsOf(all);
        expect(contents(unpack(pack(tensors), tensors))).toEqual(contents(tensors));
      });
    }),
    { numRuns: 50 },
  );
});

test('small tensors are concatenated into one vector, large ones stay as they are', () => {
  tf.tidy(() => {
    const tensors = tensorsOf([[2, 2], LARGE, [3], []]);
    const packed = pack(tensors);
    expect(Object.keys(packed)).toEqual(['b', 'packed']);
    expect(packed.b).toBe(tensors.b);
    const after = 4 + 128 * 256;
    const expected = [0, 1, 2, 3, after, after + 1, after + 2, after + 3];
    expect([...(packed.packed as Tensor).dataSync()]).toEqual(expected);
  });
});

test('the name of the vector is not the name of a tensor', () => {
  tf.tidy(() => {
    const [a, b, c] = Object.values(tensorsOf([LARGE, LARGE, [3]]));
    const tensors = { packed: a, packed_: b, bias: c };
    expect(packedName(tensors)).toBe('packed__');
    expect(contents(unpack(pack(tensors), tensors))).toEqual(contents(tensors));
  });
});

test('packedSpecs gives the shapes of packed tensors', () => {
  fc.assert(
    fc.property(shapes, (all) => {
      tf.tidy(() => {
        const tensors = tensorsOf(all);
        const specs = Object.fromEntries(
          Object.entries(tensors).map(([name, { shape }]) => [
            name,
            { shape, dtype: 'float32' as const },
          ]),
        );
        const shapesOf = (named: Readonly<Record<string, { shape: readonly number[] }>>) =>
          Object.entries(named).map(([name, { shape }]) => [name, shape]);
        expect(shapesOf(packedSpecs(specs))).toEqual(shapesOf(pack(tensors)));
      });
    }),
    { numRuns: 50 },
  );
});
