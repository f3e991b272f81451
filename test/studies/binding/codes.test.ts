import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { CODES, decodeTree, encodeTree } from '../../../src/studies/binding/codes.ts';
import { majorityAgreement } from '../../../src/studies/binding/expected.ts';
import {
  convolve,
  holographic,
  involution,
  unitary,
} from '../../../src/studies/binding/holographic.ts';
import { leavesOf, variableTree } from '../../../src/studies/binding/variable-tree.ts';
import { fc } from '../../properties.ts';
import { several } from './vectors.ts';

test('the product of spectra is circular convolution, number by number', () => {
  const [a, b] = several(2, 8, 'convolution');
  const direct = a.map((_, k) => a.reduce((sum, x, i) => sum + x * b[(k - i + 8) % 8], 0));
  convolve(a, b).forEach((value, k) => {
    expect(value).toBeCloseTo(direct[k], 12);
  });
  expect(() => convolve(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3))).toThrow(
    '3 numbers: a power of two is wanted',
  );
});

test('the involution of a unitary vector unbinds exactly, that of another one nearly', () => {
  const random = stream(1, 'unitary');
  const [filler, role] = [holographic(64, random), holographic(64, random)];
  const through = (one: Float64Array) => convolve(convolve(filler, one), involution(one));
  const gap = (found: Float64Array) => Math.hypot(...found.map((x, i) => x - filler[i]));
  expect(gap(through(unitary(role)))).toBeLessThan(1e-12);
  expect(gap(through(role))).toBeGreaterThan(0.1);
});

test('trees have the leaves that were asked for, within their height and width', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(50),
      (wanted, height, width, salt) => {
        const leaves = Math.min(wanted, width ** height);
        let next = 0;
        const random = stream(salt, 'variable-tree');
        const tree = variableTree({ leaves, height, width }, () => next++, random);
        const found = leavesOf(tree);
        expect(found.map(({ filler }) => filler)).toEqual(
          Array.from({ length: leaves }, (_, i) => i),
        );
        expect(new Set(found.map(({ path }) => path.join())).size).toBe(leaves);
        for (const { path } of found) {
          expect(path.length).toBeLessThanOrEqual(height);
          expect(path.every((role) => role < width)).toBe(true);
        }
      },
    ),
  );
  expect(() => variableTree({ leaves: 9, height: 3, width: 2 }, () => 0, stream(1, 'x'))).toThrow(
    '9 leaves in a tree of height 3 and width 2',
  );
});

test.each(CODES.filter(({ method }) => method !== 'holographic'))(
  '$method: a branch of one leaf comes back as it was',
  (code) => {
    const random = stream(1, 'one-leaf');
    const roles = [0, 1].map(() => [code.role(32, random), code.role(32, random)]);
    const filler = code.filler(32, random);
    const tree = { children: [{ children: [{ filler }] }] };
    const [found] = decodeTree(code, encodeTree(code, tree, roles, random), tree, roles);
    found.forEach((x, i) => {
      expect(x).toBeCloseTo(filler[i], 10);
    });
  },
);

test('a majority agrees with each bit as counting says', () => {
  // Of three: right unless both others differ, 3/4; of two: right if equal, else by a coin, 3/4.
  expect([1, 2, 3].map(majorityAgreement)).toEqual([1, 0.75, 0.75]);
  expect(majorityAgreement(5)).toBeCloseTo(11 / 16, 12);
});
