import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { BINDING_CLAIMS } from '../../../src/studies/binding/claims.ts';
import { hadamardTrees, lists, tensorTrees } from '../../../src/studies/binding/study.ts';
import {
  bind,
  dualBasis,
  nearest,
  selfAddresses,
  unbind,
} from '../../../src/studies/binding/tensor-product.ts';
import {
  bindTree,
  expectedRecovery,
  hadamardLeaf,
  hadamardTree,
  leafOf,
  signs,
  treeRank,
} from '../../../src/studies/binding/trees.ts';

const gaussian = (n: number, ...names: (string | number)[]) => {
  const random = stream(1, 'binding-test', ...names);
  return Float64Array.from({ length: n }, () => random.normal());
};
const several = (count: number, n: number, name: string) =>
  Array.from({ length: count }, (_, i) => gaussian(n, name, i));

describe('tensor-product binding', () => {
  test('is the sum of outer products', () => {
    const tensor = bind(
      [Float64Array.of(1, 2), Float64Array.of(0, 3)],
      [Float64Array.of(1, 0, -1), Float64Array.of(2, 1, 0)],
    );
    expect([...tensor]).toEqual([1, 0, -1, 8, 3, -2]);
  });

  test('the dual basis unbinds exactly as long as the roles are independent', () => {
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

  test('self-addressing is exact for orthogonal roles, and lets the others in otherwise', () => {
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
});

describe('trees', () => {
  const roles = [gaussian(3, 'left'), gaussian(3, 'right')] as const;

  test('every leaf of a tensor-product tree comes back', () => {
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

  test('a Hadamard tree of one leaf comes back exactly; the expectation says so', () => {
    const random = stream(1, 'signs');
    const filler = signs(16, random);
    const levels = [[signs(16, random), signs(16, random)]] as const;
    expect(hadamardLeaf(hadamardLeaf(filler, 1, levels), 1, levels)).toEqual(filler);
    expect(expectedRecovery(256, 1, 8)).toBeGreaterThan(0.999999);
  });

  test('the share recovered from Hadamard trees is as expected', () => {
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
});

describe('the study', () => {
  const settings = {
    fillers: 16,
    fillerLength: 8,
    bindings: 4,
    roleLengths: [2, 4, 16],
    depths: [0, 2, 4],
    dimensions: [16, 256],
    trials: 10,
    seed: 1,
  };
  const rows = [...lists(settings), ...tensorTrees(settings), ...hadamardTrees(settings)];
  const evidence = { rows, fillerLength: 8, trials: 10 };
  const verdict = (name: string, of = evidence) =>
    BINDING_CLAIMS.find((claim) => claim.name === name)?.judge(of).verdict;

  test('roles shorter than their number have no row for the dual basis', () => {
    const dual = rows.filter(({ method }) => method === 'dual');
    expect(dual.map(({ dimension, recovered }) => [dimension, recovered])).toEqual([
      [4, 1],
      [16, 1],
    ]);
  });

  test('its claims hold on what was measured, and fail on what contradicts them', () => {
    for (const { name } of BINDING_CLAIMS) expect([name, verdict(name)]).toEqual([name, 'holds']);
    const broken = { ...evidence, rows: rows.map((row) => ({ ...row, recovered: 0.5, rank: 1 })) };
    for (const { name } of BINDING_CLAIMS)
      expect([name, verdict(name, broken)]).toEqual([name, 'fails']);
  });
});
