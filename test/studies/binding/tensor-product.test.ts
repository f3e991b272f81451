import { expect, test } from 'vitest';
import {
  bind,
  dualBasis,
  selfAddresses,
  unbind,
} from '../../../src/studies/binding/tensor-product.ts';
import { fc } from '../../properties.ts';
import { several } from './vectors.ts';

test('binding is the sum of outer products', () => {
  const tensor = bind(
    [Float64Array.of(1, 2), Float64Array.of(0, 3)],
    [Float64Array.of(1, 0, -1), Float64Array.of(2, 1, 0)],
  );
  expect([...tensor]).toEqual([1, 0, -1, 8, 3, -2]);
});

test('the dual basis unbinds independent roles exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(100), (count, salt) => {
      const fillers = several(count, 5, `f${salt}`);
      const roles = several(count, 8, `r${salt}`);
      const tensor = bind(fillers, roles);
      dualBasis(roles).forEach((u, i) => {
        unbind(tensor, u).forEach((value, a) => {
          expect(value).toBeCloseTo(fillers[i][a], 6);
        });
      });
    }),
    { numRuns: 30 },
  );
});

test('more roles than their dimension have no dual basis', () => {
  expect(() => dualBasis(several(4, 3, 'r'))).toThrow(
    '4 roles of 3 numbers are linearly dependent: they have no dual basis',
  );
});

test('self-addressing is exact for orthogonal roles, otherwise the other fillers intrude', () => {
  const fillers = several(2, 4, 'f');
  const orthogonal = [Float64Array.of(2, 0), Float64Array.of(0, 3)];
  const exact = unbind(bind(fillers, orthogonal), selfAddresses(orthogonal)[0]);
  exact.forEach((value, a) => {
    expect(value).toBeCloseTo(fillers[0][a], 12);
  });
  const oblique = [Float64Array.of(1, 0), Float64Array.of(1, 1)];
  const mixed = unbind(bind(fillers, oblique), selfAddresses(oblique)[0]);
  // f0 + f1 (r1 · r0) / |r0|²
  mixed.forEach((value, a) => {
    expect(value).toBeCloseTo(fillers[0][a] + fillers[1][a], 12);
  });
});
