import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import { meanOverSeeds } from '../../claims/spread.ts';
import type { Arithmetic } from './arithmetic.ts';
import {
  type CurveRow,
  type Kind,
  type PrecisionEvidence,
  SIZES,
  type Size,
  type SweepRow,
} from './tables.ts';

/** Losses are the same if neither is larger by more than this factor. */
const SAME = 1.05;
/** Losses that differ clearly. */
const CLEARLY = 1.5;
/** Smaller updates, in units of their weight's power of two, are less than half of its last digit in float16. */
const LEAST_UPDATE = -11;
/** Factors of the loss: gradients fit float16 without a scale, and do not. */
const [LARGE_WEIGHT, SMALL_WEIGHT] = [2 ** -4, 2 ** -12];
/** A learning rate whose steps are small. */
const SMALL_RATE = 0.0016;
/** Gradients of hidden layers are to fall as the root of the width, up to so many powers of two. */
const OFF = 0.25;
/** Terms of a sum that is long. */
const LONG = 2 ** 16;
/** ln 10, the mean of equal losses. */
const MEAN = Math.LN10;

/** What the paper and the digits of float16 let expect. */
export const PRECISION_CLAIMS: readonly Claim<PrecisionEvidence>[] = [
  {
    name: 'all-three-train-as-float32',
    statement: 'With all three techniques a network trains as in float32.',
    rule: `on every size the loss at the end is within a factor ${SAME} of float32's`,
    judge: ({ curves }) => onEverySize(curves, (at) => same(at('all'), at('float32'))),
  },
  {
    name: 'the-engine-trains-as-float32',
    statement: 'The engine’s float16, which has all three, trains as float32.',
    rule: `on every size the loss at the end is within a factor ${SAME} of float32's`,
    judge: ({ curves }) => onEverySize(curves, (at) => same(at('engine float16'), at('float32'))),
  },
  {
    name: 'bfloat16-needs-no-scaling',
    statement: 'bfloat16 trains as float32 without a scale, however small the loss is made.',
    rule: `on every size, and on the small one at every factor of the loss, the loss at the end is within a factor ${SAME} of float32's`,
    judge: ({ curves, sweeps }) => {
      const bfloat16 = sweepOf(sweeps, 'loss weight', 'engine bfloat16');
      const float32 = sweepOf(sweeps, 'loss weight', 'float32');
      return allOf([
        onEverySize(curves, (at) => same(at('engine bfloat16'), at('float32'))),
        ...[...bfloat16].map(([value, { loss }]) =>
          judged(`factor 2^${Math.log2(value)}`, same(loss, float32.get(value)?.loss)),
        ),
      ]);
    },
  },
  {
    name: 'float16-alone-is-worse',
    statement: 'Without any of the three a network trains worse.',
    rule: `on every size the loss at the end is more than ${SAME} times float32's`,
    judge: ({ curves }) => onEverySize(curves, (at) => larger(at('none'), at('float32'), SAME)),
  },
  {
    name: 'master-weights-matter-most',
    statement: 'Of the three, float32 master weights are missed most.',
    rule: 'on every size the loss at the end is higher without them than without either of the other two',
    judge: ({ curves }) =>
      onEverySize(curves, (at) => {
        const others = [at('master, losses'), at('master, scaling')];
        return larger(
          at('scaling, losses'),
          Math.max(...others.map((loss) => loss ?? Number.NaN)),
          1,
        );
      }),
  },
  {
    name: 'most-updates-vanish',
    statement: 'Most updates are too small for float16 weights to notice.',
    rule: "on every size more than half of a float32 training's last updates are less than half of their weight's last digit",
    judge: (evidence) =>
      allOf(
        sizesIn(evidence.curves).map((mlp) => {
          const share = shareBelow(evidence, mlp, 'update', LEAST_UPDATE);
          return Number.isNaN(share)
            ? undecided(`${mlp}: not counted`)
            : holdsIf(share > 0.5, `${mlp}: ${digits(share)}`);
        }),
      ),
  },
  {
    name: 'gradients-fall-with-width',
    statement:
      'The wider a network, the smaller the gradients of its activations: as one over the root.',
    rule: `before training the mean of log2 falls from size to size by half of log2 of the ratio of widths, up to ${OFF}`,
    judge: (evidence) => {
      const sizes = sizesIn(evidence.curves);
      if (sizes.length < 2) return undecided('one size');
      return allOf(
        sizes.slice(1).map((mlp, i): Judgement => {
          const before = sizes[i];
          const falls =
            meanExponent(evidence, before, 'activation gradient') -
            meanExponent(evidence, mlp, 'activation gradient');
          const expected = Math.log2(widthOf(evidence, mlp) / widthOf(evidence, before)) / 2;
          return holdsIf(
            Math.abs(falls - expected) < OFF,
            `${before} to ${mlp}: ${digits(falls)}, expected ${digits(expected)}`,
          );
        }),
      );
    },
  },
  {
    name: 'small-losses-need-scaling',
    statement: 'Loss scaling is needed where gradients are small, and only there.',
    rule: `without it the loss at the end is more than ${CLEARLY} times that with it at factors of at most 2^${Math.log2(SMALL_WEIGHT)}, and within a factor ${SAME} of it from 2^${Math.log2(LARGE_WEIGHT)} on`,
    judge: ({ sweeps }) => {
      const scaled = sweepOf(sweeps, 'loss weight', 'all');
      return allOf(
        [...sweepOf(sweeps, 'loss weight', 'master, losses')].flatMap(([value, { loss }]) => {
          const other = scaled.get(value)?.loss;
          const name = `factor 2^${Math.log2(value)}`;
          if (value <= SMALL_WEIGHT) return judged(name, larger(loss, other, CLEARLY));
          return value >= LARGE_WEIGHT ? judged(name, same(loss, other)) : [];
        }),
      );
    },
  },
  {
    name: 'scaling-saves-small-losses',
    statement: 'With all three techniques the size of the loss does not matter.',
    rule: `with all three the loss at the end is within a factor ${SAME} of float32's at every factor of the loss`,
    judge: ({ sweeps }) => {
      const float32 = sweepOf(sweeps, 'loss weight', 'float32');
      return allOf(
        [...sweepOf(sweeps, 'loss weight', 'all')].map(([value, { loss }]) =>
          judged(`factor 2^${Math.log2(value)}`, same(loss, float32.get(value)?.loss)),
        ),
      );
    },
  },
  {
    name: 'small-steps-need-master-weights',
    statement: 'Master weights are needed where steps are small.',
    rule: `at learning rates of at most ${SMALL_RATE} the loss falls less than half as far without them as in float32, and with all three within a factor ${SAME} as far`,
    judge: ({ sweeps }) => {
      const [float32, without, all] = (['float32', 'scaling, losses', 'all'] as const).map(
        (arithmetic) => sweepOf(sweeps, 'learning rate', arithmetic),
      );
      const fallOf = (row?: SweepRow) => (row === undefined ? undefined : row.start - row.loss);
      return allOf(
        [...float32]
          .filter(([value]) => value <= SMALL_RATE)
          .flatMap(([value, row]) => [
            judged(
              `rate ${digits(value)}, without`,
              larger(fallOf(row), fallOf(without.get(value)), 2),
            ),
            judged(`rate ${digits(value)}, all`, same(fallOf(all.get(value)), fallOf(row))),
          ]),
      );
    },
  },
  {
    name: 'ten-classes-need-no-float32-losses',
    statement: 'With ten classes and a stable softmax, losses may be in float16.',
    rule: `on every size the loss at the end without float32 losses is within a factor ${SAME} of that with all three`,
    judge: ({ curves }) => onEverySize(curves, (at) => same(at('master, scaling'), at('all'))),
  },
  {
    name: 'long-sums-need-float32',
    statement: 'Long sums need float32: float16 loses terms, or overflows.',
    rule: `the mean of ${LONG} losses of ln 10 is less than half when they are added one by one, and infinite in pairs`,
    judge: ({ means }) => {
      const at = (order: string) => means.find((row) => row.order === order && row.terms === LONG);
      const [one, pairs] = [at('one by one'), at('in pairs')];
      if (one === undefined || pairs === undefined) return undecided('not added up so far');
      return holdsIf(
        one.mean < MEAN / 2 && pairs.mean === Number.POSITIVE_INFINITY,
        `one by one ${digits(one.mean)}, in pairs ${pairs.mean}`,
      );
    },
  },
  {
    name: 'scaling-alone-saves-little',
    statement: 'Without master weights, loss scaling saves little: updates vanish all the same.',
    rule: `on every size the loss at the end with scaling alone is within a factor ${SAME} of that with none`,
    judge: ({ curves }) => onEverySize(curves, (at) => same(at('scaling'), at('none'))),
  },
];

type Loss = number | undefined;
const MISSING = undecided('not trained here');

/** Whether two losses are within the factor; undefined where one is missing. */
function same(a: Loss, b: Loss): Judgement {
  if (a === undefined || b === undefined) return MISSING;
  // Not a number is not the same as any.
  return holdsIf(Math.max(a, b) <= SAME * Math.min(a, b), `${digits(a)}, ${digits(b)}`);
}

/** Whether a is more than so many times b, or no number. */
function larger(a: Loss, b: Loss, times: number): Judgement {
  if (a === undefined || b === undefined || Number.isNaN(b)) return MISSING;
  return holdsIf(Number.isNaN(a) || a > times * b, `${digits(a)}, ${digits(b)}`);
}

function judged(name: string, { verdict, evidence }: Judgement): Judgement {
  return { verdict, evidence: `${name}: ${evidence}` };
}

/** On all sizes that were trained in what is compared. */
function onEverySize(
  curves: readonly CurveRow[],
  judge: (at: (arithmetic: Arithmetic) => Loss) => Judgement,
): Judgement {
  return allOf(
    sizesIn(curves).flatMap((mlp) => {
      const own = judge((arithmetic) => endOf(curves, mlp, arithmetic)?.loss);
      return own === MISSING ? [] : judged(mlp, own);
    }),
  );
}

export function sizesIn(curves: readonly CurveRow[]): readonly Size[] {
  return SIZES.filter((size) => curves.some(({ mlp }) => mlp === size));
}

/** The last row of a training, means over seeds; undefined if there is none. */
export function endOf(
  curves: readonly CurveRow[],
  mlp: Size,
  arithmetic: Arithmetic,
): { readonly loss: number; readonly accuracy: number; readonly scale: number } | undefined {
  const own = curves.filter((row) => row.mlp === mlp && row.arithmetic === arithmetic);
  if (own.length === 0) return undefined;
  const last = Math.max(...own.map(({ step }) => step));
  const ends = own.filter(({ step }) => step === last);
  const mean = (key: 'loss' | 'accuracy' | 'scale') => meanOverSeeds(ends.map((row) => row[key]));
  return { loss: mean('loss'), accuracy: mean('accuracy'), scale: mean('scale') };
}

function sweepOf(
  sweeps: readonly SweepRow[],
  knob: SweepRow['knob'],
  arithmetic: Arithmetic,
): ReadonlyMap<number, SweepRow> {
  const own = sweeps.filter((row) => row.knob === knob && row.arithmetic === arithmetic);
  return new Map(own.map((row) => [row.value, row]));
}

/** Of the numbers of a kind in float32 trainings, at their end or before the first step. */
export function exponentsOf(
  { exponents }: PrecisionEvidence,
  mlp: Size,
  kind: Kind,
  when: 'start' | 'end',
  arithmetic: Arithmetic = 'float32',
) {
  const own = exponents.filter(
    (row) => row.mlp === mlp && row.kind === kind && row.arithmetic === arithmetic,
  );
  return own.filter(({ step }) => (when === 'start' ? step === 0 : step > 0));
}

/** Of a float32 training's last step, the share of numbers below 2^exponent. */
export function shareBelow(
  evidence: PrecisionEvidence,
  mlp: Size,
  kind: Kind,
  exponent: number,
): number {
  const rows = exponentsOf(evidence, mlp, kind, 'end');
  const total = (some: typeof rows) => some.reduce((sum, { count }) => sum + count, 0);
  return total(rows.filter((row) => row.exponent < exponent)) / total(rows);
}

function meanExponent(evidence: PrecisionEvidence, mlp: Size, kind: Kind): number {
  const rows = exponentsOf(evidence, mlp, kind, 'start');
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  return rows.reduce((sum, { exponent, count }) => sum + exponent * count, 0) / total;
}

function widthOf({ curves }: PrecisionEvidence, mlp: Size): number {
  return curves.find((row) => row.mlp === mlp)?.hidden ?? Number.NaN;
}
