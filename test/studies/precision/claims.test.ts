import { expect, test } from 'vitest';
import { ARITHMETICS, type Arithmetic } from '../../../src/studies/precision/arithmetic.ts';
import { PRECISION_CLAIMS, shareBelow } from '../../../src/studies/precision/claims.ts';
import {
  type CurveRow,
  type PrecisionEvidence,
  SIZES,
  type SweepRow,
} from '../../../src/studies/precision/tables.ts';
import { verdicts } from '../verdicts.ts';

const HIDDEN = { small: 256, medium: 1024, large: 4096 };
const LOSSES: Partial<Record<Arithmetic, number>> = {
  none: 1.2,
  scaling: 1.2,
  losses: 1.2,
  'scaling, losses': 1.1,
};
const WEIGHTS = [1, 2 ** -4, 2 ** -8, 2 ** -12, 2 ** -20];
const RATES = [0.1, 0.0016, 0.0004];

interface Changes {
  readonly curve?: (row: CurveRow) => Partial<CurveRow>;
  readonly sweep?: (row: SweepRow) => Partial<SweepRow>;
}

/** Evidence under which every claim holds, with changes. */
function evidence({ curve = () => ({}), sweep = () => ({}) }: Changes = {}): PrecisionEvidence {
  const curves = SIZES.flatMap((mlp) =>
    ARITHMETICS.flatMap((arithmetic) =>
      [0, 10].map((step): CurveRow => {
        const loss = step === 0 ? 2.3 : (LOSSES[arithmetic] ?? 1);
        const hidden = HIDDEN[mlp];
        const own = { mlp, arithmetic, hidden, step, loss };
        return { ...own, seed: 1, parameters: hidden ** 2, accuracy: 1, scale: 0 };
      }),
    ),
  );
  const exponents = SIZES.flatMap((mlp, i) => {
    const own = { mlp, arithmetic: 'float32', seed: 1 } as const;
    return [
      { ...own, step: 0, kind: 'activation gradient', exponent: -20 - i, count: 4 } as const,
      { ...own, step: 10, kind: 'update', exponent: -12, count: 3 } as const,
      { ...own, step: 10, kind: 'update', exponent: -11, count: 2 } as const,
    ];
  });
  const weights = (['float32', 'master, losses', 'all', 'engine bfloat16'] as const).flatMap(
    (arithmetic) =>
      WEIGHTS.map((value): SweepRow => {
        const loss = arithmetic === 'master, losses' && value < 2 ** -8 ? 2 : 1;
        return { knob: 'loss weight', value, arithmetic, seed: 1, start: 2.3, loss };
      }),
  );
  const rates = (['float32', 'scaling, losses', 'all'] as const).flatMap((arithmetic) =>
    RATES.map((value): SweepRow => {
      const loss = arithmetic === 'scaling, losses' && value < 0.01 ? 2.2 : 2;
      return { knob: 'learning rate', value, arithmetic, seed: 1, start: 2.3, loss };
    }),
  );
  return {
    curves: curves.map((row) => ({ ...row, ...curve(row) })),
    exponents,
    sweeps: [...weights, ...rates].map((row) => ({ ...row, ...sweep(row) })),
    means: [
      { order: 'one by one', terms: 2 ** 16, mean: 0.1 },
      { order: 'in pairs', terms: 2 ** 16, mean: Number.POSITIVE_INFINITY },
    ],
  };
}

test('each claim holds on what was expected', () => {
  const found = verdicts(PRECISION_CLAIMS, evidence());
  expect(Object.entries(found).filter(([, verdict]) => verdict !== 'holds')).toEqual([]);
});

test.each<readonly [string, Changes, string]>([
  ['all three are worse', { curve: of('all', 1.06) }, 'all-three-train-as-float32'],
  ['all three diverge', { curve: of('all', Number.NaN) }, 'all-three-train-as-float32'],
  ['the engine is worse', { curve: of('engine float16', 2) }, 'the-engine-trains-as-float32'],
  ['bfloat16 is worse', { curve: of('engine bfloat16', 2) }, 'bfloat16-needs-no-scaling'],
  ['bfloat16 needs a large loss', swept('engine bfloat16', 2), 'bfloat16-needs-no-scaling'],
  ['float16 alone is as good', { curve: of('none', 1.02) }, 'float16-alone-is-worse'],
  ['losses matter more', { curve: of('master, scaling', 1.2) }, 'master-weights-matter-most'],
  ['small losses are as good', swept('master, losses', 1), 'small-losses-need-scaling'],
  ['a scale saves nothing', swept('all', 2), 'scaling-saves-small-losses'],
  ['small steps are kept', swept('scaling, losses', 2), 'small-steps-need-master-weights'],
  ['all three lose small steps', swept('all', 2.2), 'small-steps-need-master-weights'],
  [
    'losses need float32',
    { curve: of('master, scaling', 1.1) },
    'ten-classes-need-no-float32-losses',
  ],
  ['scaling alone saves much', { curve: of('scaling', 1) }, 'scaling-alone-saves-little'],
])('%s: its claim fails', (_, changes, claim) => {
  expect(verdicts(PRECISION_CLAIMS, evidence(changes))[claim]).toBe('fails');
});

function of(arithmetic: Arithmetic, loss: number) {
  return (row: CurveRow) => (row.arithmetic === arithmetic && row.step > 0 ? { loss } : {});
}

/** The small values of a knob. */
function swept(arithmetic: Arithmetic, loss: number): Changes {
  return { sweep: (row) => (row.arithmetic === arithmetic && row.value < 0.01 ? { loss } : {}) };
}

test('counts decide about what vanishes and about widths', () => {
  const all = evidence();
  expect(shareBelow(all, 'small', 'update', -11)).toBe(0.6);
  const exponents = all.exponents.map((row) =>
    row.mlp === 'large' ? { ...row, exponent: row.exponent + 2 } : row,
  );
  const found = verdicts(PRECISION_CLAIMS, { ...all, exponents });
  expect(found['most-updates-vanish']).toBe('fails');
  expect(found['gradients-fall-with-width']).toBe('fails');
  const means = all.means.map((row) => ({ ...row, mean: 2.3 }));
  expect(verdicts(PRECISION_CLAIMS, { ...all, means })['long-sums-need-float32']).toBe('fails');
});

test('sizes that were not trained do not count, and nothing decides nothing', () => {
  const all = evidence({ curve: of('scaling', 1) });
  const curves = all.curves.filter(({ arithmetic }) => arithmetic !== 'scaling');
  const found = verdicts(PRECISION_CLAIMS, { ...all, curves });
  expect(found['scaling-alone-saves-little']).toBe('undecided');
  expect(found['all-three-train-as-float32']).toBe('holds');
  const nothing = { curves: [], exponents: [], sweeps: [], means: [] };
  expect(new Set(Object.values(verdicts(PRECISION_CLAIMS, nothing)))).toEqual(
    new Set(['undecided']),
  );
});
