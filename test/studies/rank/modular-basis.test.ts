import { expect, test } from 'vitest';
import { ModularBasis, PRIME } from '../../../src/studies/rank/modular-basis.ts';
import { fc } from '../../properties.ts';
import { bareissRank } from './bareiss.ts';

test('elimination modulo the prime agrees with big integers on small matrices', () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columns, maxLength: columns }),
        { minLength: rows, maxLength: rows },
      ),
    );
  fc.assert(
    fc.property(matrices, (matrix) => {
      const basis = new ModularBasis(matrix[0].length);
      for (const row of matrix) basis.add(row);
      // Hadamard: minors are at most (3 sqrt 5)^5 < 13,585 in size, so the prime divides none but 0.
      expect(basis.size).toBe(bareissRank(matrix));
    }),
  );
});

test('a multiple of the prime counts as nothing: a lower bound, not the rank', () => {
  const basis = new ModularBasis(2);
  expect(basis.add([PRIME, 0])).toBe(false);
  expect(basis.add([1, PRIME])).toBe(true);
  expect(() => basis.add([1])).toThrow(RangeError);
});
