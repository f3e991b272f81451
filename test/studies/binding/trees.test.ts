import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { expectedRecovery } from '../../../src/studies/binding/expected.ts';
import { dualBasis, nearest } from '../../../src/studies/binding/tensor-product.ts';
import {
  bindTree,
  hadamardLeaf,
  hadamardTree,
  leafOf,
  signs,
  treeRank,
} from '../../../src/studies/binding/trees.ts';
import { gaussian, several } from './vectors.ts';

const roles = [gaussian(3, 'left'), gaussian(3, 'right')] as const;

test('every leaf of a tensor-product tree is recovered', () => {
  const leaves = several(8, 5, 'leaf');
  const tree = bindTree(leaves, roles);
  expect(tree).toHaveLength(5 * 3 ** 3);
  const [left, right] = dualBasis(roles);
  leaves.forEach((leaf, i) => {
    leafOf(tree, i, 3, [left, right]).forEach((value, a) => {
      expect(value).toBeCloseTo(leaf[a], 8);
    });
  });
});

test('the rank doubles with every level until the fillers span their space', () => {
  const ranks = [0, 1, 2, 3, 4].map((depth) =>
    treeRank(bindTree(several(2 ** depth, 6, 'leaf'), roles), 6),
  );
  expect(ranks).toEqual([1, 2, 4, 6, 6]);
});

test('a Hadamard tree of one leaf is recovered exactly, as expected', () => {
  const random = stream(1, 'signs');
  const filler = signs(16, random);
  const levels = [[signs(16, random), signs(16, random)]] as const;
  expect(hadamardLeaf(hadamardLeaf(filler, 1, levels), 1, levels)).toEqual(filler);
  expect(expectedRecovery(256, 1, 8)).toBeGreaterThan(0.999999);
});

test('the share recovered from Hadamard trees is the expected one', () => {
  const random = stream(1, 'recovery');
  const [n, depth, fillers, trees] = [32, 3, 16, 300];
  const vocabulary = Array.from({ length: fillers }, () => signs(n, random));
  let right = 0;
  for (let tree = 0; tree < trees; tree++) {
    const levels = Array.from(
      { length: depth },
      () => [signs(n, random), signs(n, random)] as const,
    );
    const held = Array.from({ length: 2 ** depth }, () => random.below(fillers));
    const sum = hadamardTree(
      held.map((filler) => vocabulary[filler]),
      levels,
    );
    held.forEach((filler, leaf) => {
      if (nearest(hadamardLeaf(sum, leaf, levels), vocabulary) === filler) right++;
    });
  }
  const share = right / (trees * 2 ** depth);
  // 2400 leaves: three standard errors are 0.03.
  expect(Math.abs(share - expectedRecovery(n, 8, fillers))).toBeLessThan(0.03);
});
